package io.ferrynfs.client.file;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Direct buffers for streams, used again: making one of a megabyte costs more than filling it.
 * Small ones are ordinary arrays. Safe for threads.
 */
public final class StreamBuffers {

  private static final int SMALL_BYTES_MAX = 64 << 10;
  private static final int IDLE_MAX = 32;

  private final int bytes;
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();

  /**
   * A pool.
   *
   * @param bytes the size of its buffers
   */
  public StreamBuffers(int bytes) {
    this.bytes = bytes;
  }

  /** A buffer whose limit is at {@code wanted}, at most the size of the pool's buffers. */
  public ByteBuffer take(long wanted) {
    int limit = (int) Math.min(bytes, Math.max(wanted, 1));
    if (limit <= SMALL_BYTES_MAX) {
      return ByteBuffer.allocate(limit);
    }
    ByteBuffer used;
    synchronized (this) {
      used = idle.pollFirst();
    }
    ByteBuffer buffer = used == null ? ByteBuffer.allocateDirect(bytes) : used;
    return buffer.clear().limit(limit);
  }

  /** Takes a buffer back that nobody uses any more. */
  public synchronized void give(ByteBuffer buffer) {
    if (buffer.isDirect() && buffer.capacity() == bytes && idle.size() < IDLE_MAX) {
      idle.addFirst(buffer);
    }
  }
}
