package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Data transfers through memory, for files without a faster path. */
final class Transfers {
  /** Bounds the memory of one transfer, independent of the size that the peer requests. */
  private static final int CHUNK_BYTES_MAX = 256 * 1024;

  private Transfers() {}

  static long byReading(OpenFile file, long position, long count, WritableByteChannel target)
      throws IOException, StorageException {
    if (position < 0 || count < 0) {
      throw new StorageException(Status.INVALID);
    }
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(count, CHUNK_BYTES_MAX));
    long sent = 0;
    while (sent < count) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), count - sent));
      if (file.read(chunk, position + sent) == 0) {
        break;
      }
      chunk.flip();
      sent += target.write(chunk);
      if (chunk.hasRemaining()) {
        break;
      }
    }
    return sent;
  }

  static long writeEach(OpenFile file, List<ByteBuffer> sources, long position)
      throws StorageException {
    long written = 0;
    for (ByteBuffer source : sources) {
      if (!source.hasRemaining()) {
        continue;
      }
      try {
        written += file.write(source, position + written);
      } catch (StorageException e) {
        if (written == 0) {
          throw e;
        }
        return written;
      }
      if (source.hasRemaining()) {
        return written;
      }
    }
    return written;
  }
}
