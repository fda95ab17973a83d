package ferry.server.operation;

import ferry.rpc.RpcConnection;
import ferry.rpc.RpcReply;
import ferry.rpc.RpcRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The connection of calls that came by none. */
final class NoConnection implements RpcConnection {
  @Override
  public CompletableFuture<RpcReply> call(RpcRequest request) {
    return new CompletableFuture<>();
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public InetSocketAddress localAddress() {
    return InetSocketAddress.createUnresolved("server", 2049);
  }

  @Override
  public InetSocketAddress peerAddress() {
    return InetSocketAddress.createUnresolved("client", 700);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public int callsOutgoing() {
    return 0;
  }

  @Override
  public int callsIncoming() {
    return 0;
  }

  @Override
  public long repliesUnmatched() {
    return 0;
  }

  @Override
  public CompletableFuture<Void> shutdown(Duration timeMax) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
