package ferry.server.operation;

import ferry.rpc.env.Ticker;
import ferry.storage.OpenFile;
import ferry.storage.Status;
import ferry.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Copies a range of a file to another, chunk by chunk, for a bounded time.
 *
 * <p>A chunk that the volume copied quickly is followed by one twice as long: where files share
 * blocks a few calls do it all, and where bytes move the clock is looked at often enough.
 */
final class Copier {
  /** How long one synchronous COPY may keep its slot and its thread. */
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private static final long CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long FIRST_CHUNK_BYTES = 16L << 20;
  private static final long CHUNK_BYTES_MAX = 1L << 40;
  private static final int BUFFER_BYTES = 1 << 20;

  private final Ticker ticker;
  private boolean throughMemory;

  Copier(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Copies at least one chunk, unless an error comes first.
   *
   * @return bytes copied, all of the range or fewer; not 0 unless the source ends there by now
   * @throws StorageException when it failed before the first byte; later failures are a short count
   *     (RFC 7862 section 15.2.3), and the client's next COPY meets them
   */
  long copy(OpenFile source, OpenFile target, CopyRange range) throws StorageException {
    long start = ticker.nanoTime();
    long chunkStart = start;
    long chunk = FIRST_CHUNK_BYTES;
    long done = 0;
    while (done < range.length()) {
      long copied;
      try {
        copied = chunk(source, target, range, done, Math.min(chunk, range.length() - done));
      } catch (StorageException e) {
        if (done == 0) {
          throw e;
        }
        return done;
      }
      done += copied;
      long now = ticker.nanoTime();
      if (copied == 0 || now - start >= NANOS_MAX) {
        return done;
      }
      chunk = now - chunkStart < CHUNK_NANOS ? Math.min(chunk * 2, CHUNK_BYTES_MAX) : chunk;
      chunkStart = now;
    }
    return done;
  }

  private long chunk(OpenFile source, OpenFile target, CopyRange range, long done, long length)
      throws StorageException {
    long from = range.sourceOffset() + done;
    long to = range.targetOffset() + done;
    if (!throughMemory) {
      try {
        return target.copyRange(source, from, to, length);
      } catch (StorageException e) {
        if (e.status() != Status.CROSS_DEVICE && e.status() != Status.NOT_SUPPORTED) {
          throw e;
        }
        // Between two volumes of this server the bytes pass through it, not through the client.
        throughMemory = true;
      }
    }
    return throughMemory(source, target, from, to, length);
  }

  private static long throughMemory(
      OpenFile source, OpenFile target, long from, long to, long length) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, BUFFER_BYTES));
    source.read(buffer, from);
    buffer.flip();
    return buffer.hasRemaining() ? target.write(buffer, to) : 0;
  }
}
