package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A sink that fills a buffer from its position to its limit, and changes neither. */
final class BufferSink implements BulkSink {
  /** The maximum length of one read into a heap buffer, in bytes. */
  static final int HEAP_READ_BYTES_MAX = 128 << 10;

  private final ByteBuffer into;

  BufferSink(ByteBuffer target) {
    this.into = target.duplicate();
  }

  @Override
  public int remaining() {
    return into.remaining();
  }

  @Override
  public void put(ByteBuffer bytes) {
    into.put(bytes);
  }

  @Override
  public int read(ReadableByteChannel connection, int bytesMax) throws IOException {
    // The JDK copies through a direct buffer of this size, which it caches per thread.
    int room = into.isDirect() ? bytesMax : Math.min(bytesMax, HEAP_READ_BYTES_MAX);
    int end = into.limit();
    try {
      return connection.read(into.limit(into.position() + room));
    } finally {
      into.limit(end);
    }
  }
}
