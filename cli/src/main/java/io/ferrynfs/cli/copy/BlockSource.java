package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/** A file to read blocks from, at any position. */
interface BlockSource extends AutoCloseable {

  /** Starts to read; the future has the bytes read, -1 at the end. */
  Future<Integer> read(ByteBuffer into, long positionBytes) throws IOException;

  /**
   * Starts to look for the first data at or after a position; what may be data counts as such. The
   * future's extent begins at {@code endBytes} when there is none.
   */
  Future<Extent> nextData(long positionBytes, long endBytes) throws IOException;

  /**
   * Whether there may be bytes behind the size that the file system told: files of /proc tell 0,
   * and a pipe has no size at all.
   */
  default boolean mayGoOn() {
    return false;
  }

  @Override
  void close() throws IOException;
}
