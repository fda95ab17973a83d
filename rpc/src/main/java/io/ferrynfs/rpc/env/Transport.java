package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a connection, below its records. Nothing here blocks: reads and writes transfer what
 * is possible now, zero bytes included.
 *
 * <p>At any time at most one thread reads and at most one writes, and they may be two.
 */
public interface Transport extends ByteChannel, GatheringByteChannel {

  /**
   * Returns the channel from which a {@link BulkSink} reads: the socket itself if the connection is
   * plain, so that {@code splice(2)} is possible, else this transport.
   */
  default ReadableByteChannel bulkSource() {
    return this;
  }

  /**
   * Returns the channel to which a {@link FilePayload} is transferred: the socket itself if the
   * connection is plain, so that {@code sendfile(2)} is possible, else this transport.
   */
  default WritableByteChannel fileTarget() {
    return this;
  }

  /** Returns whether a read may return bytes although the socket has none. Called by the reader. */
  default boolean hasBufferedInput() {
    return false;
  }

  /**
   * Returns whether writes are possible at all: false during the handshake of a secured transport.
   */
  default boolean isEstablished() {
    return true;
  }

  /** Returns whether {@link #flush} has something to do. Called by any thread. */
  default boolean hasBufferedOutput() {
    return false;
  }

  /**
   * Writes what the transport itself has to send: a part of its handshake, or bytes that a write
   * accepted and the socket did not take. Called by the writer.
   *
   * @return false if the socket does not take all of it now
   */
  default boolean flush() throws IOException {
    return true;
  }

  /** Ends the output; the peer reads the end of the connection. Called by the writer. */
  void endOutput() throws IOException;

  /** Returns the identity that the peer proved; null on a plain connection. */
  @Nullable TransportIdentity peerIdentity();
}
