package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries records in both directions, in order.
 *
 * <p>It has a thread of its own, which runs the receiver's methods and the tasks of {@link
 * #execute}: they must not block.
 */
public interface RecordStream extends Executor, AutoCloseable {

  /** Starts the delivery of records. Called once. */
  void start(RecordReceiver receiver);

  /**
   * Queues a record. Never blocks. The record is released when it has been sent or dropped.
   *
   * @return false if the connection is closed
   */
  boolean send(OutgoingRecord record);

  /**
   * Resumes or stops reading from the network. While reading is stopped, the peer cannot send
   * beyond the window of TCP: the back-pressure on a peer that does not read its replies.
   *
   * @param reading true at first; false stops the delivery after the current record
   */
  void reading(boolean reading);

  /**
   * Runs a task on the connection's thread, or on the calling thread if the connection has ended.
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
   * Secures the connection between two records (RFC 9289 section 4.1). The records queued before
   * this call are sent as before, and all later ones through the layer. In the other direction the
   * layer begins behind the record in hand: bytes of the peer that have been received already but
   * not delivered go to the layer. Called on the connection's thread, from {@link
   * RecordReceiver#received} or a task of {@link #execute}.
   *
   * @throws IllegalStateException if called on another thread
   * @throws UnsupportedOperationException if this network has no such layers
   */
  default void secure(TransportLayer layer) {
    throw new UnsupportedOperationException("this connection cannot be secured");
  }

  /**
   * Closes the connection when all queued records have been sent.
   *
   * @param deadline the time after which the remaining records are dropped
   */
  void closeWhenSent(Duration deadline);

  /**
   * Closes the connection immediately and drops the queued records.
   *
   * @param cause the argument of {@link RecordReceiver#closed}
   */
  void close(IOException cause);

  /** Closes the connection immediately. */
  @Override
  default void close() {
    close(new IOException("connection closed by this end"));
  }
}
