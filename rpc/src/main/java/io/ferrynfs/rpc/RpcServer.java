package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.Env;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A listening socket and the connections that came of it. */
public interface RpcServer extends AutoCloseable {

  /**
   * Listens.
   *
   * @param address where, see {@link io.ferrynfs.rpc.env.Network#listen}
   * @param handler answers the calls of all connections
   * @throws IOException when the address is taken or not ours
   */
  static RpcServer listen(Env env, SocketAddress address, RpcLimits limits, RpcHandler handler)
      throws IOException {
    return Server.listen(env, address, limits, handler);
  }

  /** The address, with the actual port if it has one. */
  SocketAddress localAddress();

  /** The connections there are now. */
  List<RpcConnection> connections();

  /**
   * Stops listening and shuts all connections down.
   *
   * @param timeMax after which those that are not done are closed
   * @return completes when all have ended
   */
  CompletableFuture<Void> shutdown(Duration timeMax);

  /** Stops listening and closes all connections at once. */
  @Override
  void close();
}
