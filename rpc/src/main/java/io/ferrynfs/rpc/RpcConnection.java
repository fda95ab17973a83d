package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.RecordStream;
import io.ferrynfs.rpc.env.TransportIdentity;
import io.ferrynfs.rpc.env.TransportLayer;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which both ends may call each other.
 *
 * <p>Everything that completes here completes on the connection's own thread (see {@link
 * RecordStream}), where nothing may block.
 */
public interface RpcConnection extends Executor, AutoCloseable {

  /** Serves and uses a connection that a listener accepted. */
  static RpcConnection start(Env env, RecordStream stream, RpcLimits limits, RpcHandler handler) {
    return Connection.start(env, stream, limits, handler);
  }

  /**
   * Connects.
   *
   * @param handler answers the calls of the peer, such as those of NFSv4.1's backchannel
   * @return completes on the connection's thread, or exceptionally with {@link
   *     RpcException.Kind#CONNECT_FAILED}
   */
  static CompletableFuture<RpcConnection> connect(
      Env env,
      SocketAddress address,
      ConnectOptions options,
      RpcLimits limits,
      RpcHandler handler) {
    return Connector.connect(env, address, options, limits, handler);
  }

  /**
   * Calls the peer. Never blocks.
   *
   * <p>The future completes on the connection's thread, with a reply that must be closed or
   * exceptionally with an {@link RpcException}. Cancelling it forgets the call: the reply is then
   * thrown away. ({@code cancel} returns false while the reply is being received into the call's
   * {@link BulkTarget}.)
   */
  CompletableFuture<RpcReply> call(RpcRequest request);

  /**
   * Runs a task on the connection's thread; on the calling thread once the connection has ended.
   */
  @Override
  void execute(Runnable task);

  /** This end. */
  SocketAddress localAddress();

  /** The other end. */
  SocketAddress peerAddress();

  /** Returns the identity that the peer proved to the transport; null on a plain connection. */
  default @Nullable TransportIdentity peerIdentity() {
    return null;
  }

  /**
   * Secures the connection, see {@link RecordStream#secure}.
   *
   * @throws UnsupportedOperationException if this network has no such layers
   */
  default void secure(TransportLayer layer) {
    throw new UnsupportedOperationException("this connection cannot be secured");
  }

  /** Whether calls may still succeed. */
  boolean isOpen();

  /** Calls of ours that have no reply yet. */
  int callsOutgoing();

  /** Calls of the peer's whose answers have not left yet. */
  int callsIncoming();

  /** Replies that belonged to no call: timed out or forgotten before, or never made. */
  long repliesUnmatched();

  /**
   * Ends the connection in an orderly way: takes no more calls, lets those in flight be answered
   * and their answers leave, then closes.
   *
   * @param timeMax after which it closes anyway
   * @return completes when the connection has ended
   */
  CompletableFuture<Void> shutdown(Duration timeMax);

  /**
   * {@link #close} for a reason, which the handler is told and the failed calls have as their
   * cause.
   */
  default void close(IOException why) {
    close();
  }

  /** Ends the connection at once. All calls of ours fail with CONNECTION_LOST. */
  @Override
  void close();
}
