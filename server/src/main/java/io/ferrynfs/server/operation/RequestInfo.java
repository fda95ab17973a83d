package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.observation.Observer;
import java.net.SocketAddress;

/**
 * What the RPC call says about a COMPOUND.
 *
 * @param minorVersion 1 or 2
 * @param principal who asks, before any squashing
 * @param connection where the call came from
 */
public record RequestInfo(int minorVersion, Principal principal, RpcConnection connection)
    implements Observer.Request {

  @Override
  public SocketAddress peer() {
    return connection.peerAddress();
  }

  @Override
  public long uid() {
    return principal.uid();
  }
}
