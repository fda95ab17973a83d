package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A pool of direct buffers for streams, because allocating a megabyte costs more than filling it.
 * Small buffers are heap buffers. Safe for use by several threads.
 */
public final class StreamBuffers {

  private static final int SMALL_BYTES_MAX = 64 << 10;
  private static final int IDLE_MAX = 32;

  private final int bytes;

  @GuardedBy("this")
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();

  /**
   * Creates a pool.
   *
   * @param bytes the size of its buffers
   */
  public StreamBuffers(int bytes) {
    this.bytes = bytes;
  }

  /** Returns a buffer with a limit of {@code wanted} bytes, or of the size of the buffers. */
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

  /** Takes back a buffer that is no longer used. */
  public synchronized void give(ByteBuffer buffer) {
    if (buffer.isDirect() && buffer.capacity() == bytes && idle.size() < IDLE_MAX) {
      idle.addFirst(buffer);
    }
  }
}
