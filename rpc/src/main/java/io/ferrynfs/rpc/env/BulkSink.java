package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * The destination of a region of a record. Only the connection's thread calls it, and it must not
 * block. An exception that it throws ends the connection.
 */
public interface BulkSink {

  /** Returns the number of bytes of the region that are missing. */
  int remaining();

  /** Takes bytes of the region that have been received: all of them, at most {@link #remaining}. */
  void put(ByteBuffer bytes) throws IOException;

  /**
   * Returns whether {@link #put} costs more than one more system call per record. Then the bytes of
   * the next record are not read together with its header. By default they are, because copying
   * some KiB in memory costs less.
   */
  default boolean prefersRead() {
    return false;
  }

  /**
   * Reads from the connection, which does not block.
   *
   * @param connection the socket if the connection is plain
   * @param bytesMax at least 1, at most {@link #remaining}
   * @return the number of bytes read, as {@link ReadableByteChannel#read}
   */
  int read(ReadableByteChannel connection, int bytesMax) throws IOException;
}
