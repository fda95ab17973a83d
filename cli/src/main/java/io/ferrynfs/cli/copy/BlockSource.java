package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/** A file from which blocks are read at any position. */
interface BlockSource extends AutoCloseable {

  /** Starts to read. The future has the number of bytes read, -1 at the end. */
  Future<Integer> read(ByteBuffer into, long positionBytes) throws IOException;

  /**
   * Starts to search for the first data at or after a position. If the source cannot tell, all
   * bytes are data. If there is no data, the extent begins at {@code endBytes}.
   */
  Future<Extent> nextData(long positionBytes, long endBytes) throws IOException;

  /**
   * Returns whether the file may have more bytes than its reported size: files of /proc report 0,
   * and a pipe has no size.
   */
  default boolean mayExceedSize() {
    return false;
  }

  @Override
  void close() throws IOException;
}
