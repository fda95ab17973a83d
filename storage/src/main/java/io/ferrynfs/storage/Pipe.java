package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A FIFO of bytes that moves data from a connection to a file without a copy through user space.
 * {@link OpenFile#pipe} creates it, and {@link OpenFile#write(Pipe, long, int)} drains it.
 *
 * <p>One thread at a time uses a pipe. Its capacity depends on the sizes of the segments in which
 * the bytes arrive. It may therefore be full at any time, and the caller needs another buffer for
 * the rest.
 */
public interface Pipe extends AutoCloseable {

  /** The result of {@link #take} if the pipe takes no more bytes from this connection. */
  int NO_MORE = -2;

  /**
   * Takes bytes that have arrived on a connection, without blocking. The connection must stay open
   * during the call.
   *
   * @param bytesMax at least 1
   * @return the number of bytes taken; 0 if no bytes have arrived; {@link #NO_MORE} if the pipe is
   *     full, if it cannot read from this kind of connection, or if a read would report the end of
   *     the stream or an error
   * @throws IOException if the connection fails
   */
  int take(ReadableByteChannel connection, int bytesMax) throws IOException;

  /**
   * Takes bytes that were received already, from the position of the buffer, up to the free space
   * of the pipe.
   *
   * @return the number of bytes taken
   */
  int put(ByteBuffer bytes);

  /** Releases the pipe and discards its bytes. Closing a closed pipe has no effect. */
  @Override
  void close();
}
