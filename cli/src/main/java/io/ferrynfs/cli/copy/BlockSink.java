package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/** A file, empty at first, to write blocks to, at any position. */
interface BlockSink extends AutoCloseable {

  /**
   * Starts to write all that remains in the buffer, which is the sink's until the future is done.
   */
  Future<Void> write(ByteBuffer from, long positionBytes) throws IOException;

  /** Gives the file its size, what was not written being holes, and makes it durable. */
  void finish(long sizeBytes) throws IOException;

  @Override
  void close() throws IOException;
}
