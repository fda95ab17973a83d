package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Takes a region of a record from the connection, as memory or by means of its own. Only the
 * connection's thread uses it, and it must not block.
 *
 * <p>What it throws ends the connection.
 */
public interface BulkSink {

  /** Bytes of the region that have not come yet. */
  int remaining();

  /** Takes bytes of the region that were received already: all, and no more than it lacks. */
  void put(ByteBuffer bytes) throws IOException;

  /**
   * Takes what has come on the connection, which does not block.
   *
   * @param bytesMax at least 1, at most {@link #remaining}
   * @return what {@link ReadableByteChannel#read} does
   */
  int read(ReadableByteChannel connection, int bytesMax) throws IOException;
}
