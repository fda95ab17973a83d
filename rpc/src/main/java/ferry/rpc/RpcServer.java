package ferry.rpc;

import ferry.rpc.env.Env;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A listening port and the connections that came of it. */
public interface RpcServer extends AutoCloseable {

  /**
   * Listens.
   *
   * @param handler answers the calls of all connections
   * @throws IOException when the address is taken or not ours
   */
  static RpcServer listen(Env env, InetSocketAddress address, RpcLimits limits, RpcHandler handler)
      throws IOException {
    return Server.listen(env, address, limits, handler);
  }

  /** The address with the actual port. */
  InetSocketAddress localAddress();

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
