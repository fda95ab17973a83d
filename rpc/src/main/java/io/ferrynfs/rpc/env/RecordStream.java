package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries records both ways, in order.
 *
 * <p>It has a thread of its own, on which the receiver's methods and the tasks of {@link #execute}
 * run, one after the other: they must not block.
 */
public interface RecordStream extends Executor, AutoCloseable {

  /** Begins delivering records. Called once. */
  void start(RecordReceiver receiver);

  /**
   * Queues a record for sending, and never blocks. The record is released when it was sent or
   * dropped.
   *
   * @return false when the connection is closed
   */
  boolean send(OutgoingRecord record);

  /**
   * Whether records are taken from the network. While not, the peer's bytes wait there, and in the
   * end the peer waits: the back-pressure on one that asks for more than it takes.
   *
   * @param reading true at the start; false stops the delivery after the current record
   */
  void reading(boolean reading);

  /**
   * Runs a task on the connection's thread. After the connection has ended, the task runs on the
   * calling thread.
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
   * Secures the connection between two records (RFC 9289 section 4.1). The records queued before
   * this call are sent as before, and all later ones through the layer. In the other direction the
   * layer begins behind the record in hand: bytes of the peer that have been received already but
   * not delivered go to the layer. Called on the connection's thread, from {@link
   * RecordReceiver#received} or a task of {@link #execute}.
   *
   * @throws UnsupportedOperationException if this network has no such layers
   */
  default void secure(TransportLayer layer) {
    throw new UnsupportedOperationException("this connection cannot be secured");
  }

  /**
   * Ends the connection when everything queued was sent, or after a time.
   *
   * @param deadline after which what is left is dropped
   */
  void closeWhenSent(Duration deadline);

  /**
   * Ends the connection now; what is queued is dropped. The receiver learns it by {@link
   * RecordReceiver#closed}.
   *
   * @param cause for the receiver
   */
  void close(IOException cause);

  /** Ends the connection now. */
  @Override
  default void close() {
    close(new IOException("connection closed by this end"));
  }
}
