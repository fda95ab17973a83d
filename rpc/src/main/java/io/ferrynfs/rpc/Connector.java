package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.RecordStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/** Starts the connection when a connect succeeds. */
record Connector(
    Env env, RpcLimits limits, RpcHandler handler, CompletableFuture<RpcConnection> connection)
    implements Network.ConnectHandler {

  static CompletableFuture<RpcConnection> connect(
      Env env,
      SocketAddress address,
      ConnectOptions options,
      RpcLimits limits,
      RpcHandler handler) {
    CompletableFuture<RpcConnection> connection = new CompletableFuture<>();
    env.network()
        .connect(
            address, options, limits.stream(), new Connector(env, limits, handler, connection));
    return connection;
  }

  @Override
  public void connected(RecordStream stream) {
    RpcConnection made = Connection.start(env, stream, limits, handler);
    if (!connection.complete(made)) {
      // The caller cancelled the connect.
      made.close();
    }
  }

  @Override
  public void failed(IOException cause) {
    connection.completeExceptionally(
        new RpcException(RpcException.Kind.CONNECT_FAILED, String.valueOf(cause), cause));
  }
}
