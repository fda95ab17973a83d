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
 * <p>All futures complete on the connection's own thread (see {@link RecordStream}), which holds no
 * lock then and must not be blocked.
 */
public interface RpcConnection extends Executor, AutoCloseable {

  /** Starts a connection that a listener accepted. */
  static RpcConnection start(Env env, RecordStream stream, RpcLimits limits, RpcHandler handler) {
    return Connection.start(env, stream, limits, handler);
  }

  /**
   * Connects to a peer.
   *
   * @param handler handles the calls of the peer, such as those of the backchannel of NFSv4.1
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
   * exceptionally with an {@link RpcException}. Cancelling it discards the reply. ({@code cancel}
   * returns false while the reply is being received into the call's {@link BulkTarget}.)
   */
  CompletableFuture<RpcReply> call(RpcRequest request);

  /**
   * Runs a task on the connection's thread; on the calling thread once the connection has ended.
   */
  @Override
  void execute(Runnable task);

  /** Returns the local address. */
  SocketAddress localAddress();

  /** Returns the address of the peer. */
  SocketAddress peerAddress();

  /** Returns the identity that the peer proved to the transport; null on a plain connection. */
  default @Nullable TransportIdentity peerIdentity() {
    return null;
  }

  /**
   * Secures the connection between two records, see {@link RecordStream#secure}.
   *
   * <p>Must run on the connection's thread: a client calls it from {@link
   * io.ferrynfs.rpc.auth.CallProtection#check} of the reply that accepts the probe. A dependent of
   * the call's future is too late, because it may run on the thread that adds it.
   *
   * @throws IllegalStateException if called on another thread
   * @throws UnsupportedOperationException if this network has no such layers
   */
  default void secure(TransportLayer layer) {
    throw new UnsupportedOperationException("this connection cannot be secured");
  }

  /** Returns whether calls may still succeed. */
  boolean isOpen();

  /** Returns the number of outgoing calls without a reply. */
  int callsOutgoing();

  /** Returns the number of incoming calls whose replies have not been sent. */
  int callsIncoming();

  /** Returns the number of replies to calls that had timed out, were cancelled or never made. */
  long repliesUnmatched();

  /**
   * Shuts the connection down: accepts no more calls, sends the replies of those in flight, then
   * closes.
   *
   * @param timeMax the time after which the connection is closed in any case
   * @return completes when the connection has ended
   */
  CompletableFuture<Void> shutdown(Duration timeMax);

  /**
   * Closes the connection for a reason, which the handler receives and which is the cause of the
   * failed calls.
   */
  default void close(IOException why) {
    close();
  }

  /** Closes the connection immediately. All outgoing calls fail with CONNECTION_LOST. */
  @Override
  void close();
}
