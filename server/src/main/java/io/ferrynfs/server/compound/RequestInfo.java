package io.ferrynfs.server.compound;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.observation.Observer;
import java.net.SocketAddress;

/**
 * The part of the RPC call that concerns a COMPOUND.
 *
 * @param minorVersion 1 or 2
 * @param principal the principal, before squashing
 * @param connection the connection of the call
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
