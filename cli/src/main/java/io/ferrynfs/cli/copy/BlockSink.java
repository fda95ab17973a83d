package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;

/** A file to which blocks are written at any position. It is empty at first. */
interface BlockSink extends AutoCloseable {

  /**
   * Starts to write the remaining bytes of a buffer. The sink uses the buffer until the future
   * completes.
   */
  Future<Void> write(ByteBuffer from, long positionBytes) throws IOException;

  /** Sets the size of the file and makes it durable. Ranges that were not written are holes. */
  void finish(long sizeBytes) throws IOException;

  @Override
  void close() throws IOException;
}
