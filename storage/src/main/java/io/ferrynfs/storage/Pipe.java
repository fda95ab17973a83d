package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Bytes on their way from a connection to a file without their passing through the program, first
 * in, first out. {@link OpenFile#pipe} makes it, {@link OpenFile#write(Pipe, long, int)} empties
 * it.
 *
 * <p>One thread at a time uses it. How much it takes depends on the pieces that the bytes come in,
 * so it may be full at any time, and whoever fills it has another place for the rest.
 */
public interface Pipe extends AutoCloseable {

  /** What {@link #take} returns when the pipe takes no more of this connection. */
  int NO_MORE = -2;

  /**
   * Takes what has come on a connection, without blocking. Nobody may close the connection
   * meanwhile.
   *
   * @param bytesMax at least 1
   * @return bytes taken; 0 when none is there now; {@link #NO_MORE} when the pipe is full, or there
   *     is no way from this connection, or reading it would tell of its end or an error
   * @throws IOException of the connection
   */
  int take(ReadableByteChannel connection, int bytesMax) throws IOException;

  /**
   * Takes bytes that were received already, from the buffer's position on, as many as there is room
   * for.
   *
   * @return bytes taken
   */
  int put(ByteBuffer bytes);

  /** Gives it back; what is in it is lost. Closing again does nothing. */
  @Override
  void close();
}
