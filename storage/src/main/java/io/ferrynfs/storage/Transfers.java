package io.ferrynfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** The plain ways to move bytes, for files that have no better one. */
final class Transfers {
  /** Bounds the memory of one transfer, whatever the peer asks for. */
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
