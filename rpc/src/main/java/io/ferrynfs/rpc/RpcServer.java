package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.Env;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A listening socket and its connections. */
public interface RpcServer extends AutoCloseable {

  /**
   * Listens for connections.
   *
   * @param address the local address, see {@link io.ferrynfs.rpc.env.Network#listen}
   * @param handler handles the calls of all connections
   * @throws IOException if the address is in use or not one of this machine
   */
  static RpcServer listen(Env env, SocketAddress address, RpcLimits limits, RpcHandler handler)
      throws IOException {
    return Server.listen(env, address, limits, handler);
  }

  /** Returns the local address, with the actual port if it has one. */
  SocketAddress localAddress();

  /** Returns the open connections. */
  List<RpcConnection> connections();

  /**
   * Stops listening and shuts down all connections.
   *
   * @param timeMax the time after which the remaining connections are closed
   * @return completes when all connections have ended
   */
  CompletableFuture<Void> shutdown(Duration timeMax);

  /** Stops listening and closes all connections immediately. */
  @Override
  void close();
}
