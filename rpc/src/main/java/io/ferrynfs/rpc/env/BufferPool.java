package io.ferrynfs.rpc.env;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A pool of direct buffers for received and sent bytes.
 *
 * <p>A chunk is small and always granted, because the number of connections is limited. A large
 * buffer holds one large record; the sum of large buffers is limited, and a connection that gets
 * none stops reading until one is returned.
 */
final class BufferPool {

  /** The size of a chunk in bytes: room for about a hundred small calls. */
  static final int CHUNK_BYTES = 32 << 10;

  private static final int CHUNKS_KEPT_MAX = 128;
  private static final int CLASS_UNIT = 64 << 10;
  private static final int CLASSES = 15;

  private final long largeBytesMax;
  private final long keptBytesMax;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final ArrayDeque<PooledBuffer> chunks = new ArrayDeque<>();

  private final List<ArrayDeque<PooledBuffer>> large = new ArrayList<>();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  @GuardedBy("lock")
  private long lentBytes;

  @GuardedBy("lock")
  private long keptBytes;

  /**
   * Creates an empty pool.
   *
   * @param largeBytesMax the maximum sum of large buffers in use, in bytes
   * @param keptBytesMax the maximum sum of unused large buffers in the pool, in bytes
   */
  BufferPool(long largeBytesMax, long keptBytesMax) {
    this.largeBytesMax = largeBytesMax;
    this.keptBytesMax = keptBytesMax;
    for (int i = 0; i < CLASSES; i++) {
      large.add(new ArrayDeque<>());
    }
  }

  /** Returns an empty chunk with one reference. */
  PooledBuffer chunk() {
    PooledBuffer chunk;
    synchronized (lock) {
      chunk = chunks.pollLast();
    }
    return chunk != null ? chunk.lend() : new PooledBuffer(this, CHUNK_BYTES).lend();
  }

  /** Returns a large buffer with one reference, or null at the limit. */
  @Nullable PooledBuffer large(int bytesMin) {
    int index = classOf(bytesMin);
    int bytes = classBytes(index);
    synchronized (lock) {
      // The first one is always granted: a record above the limit would wait forever.
      if (lentBytes > 0 && lentBytes + bytes > largeBytesMax) {
        return null;
      }
      lentBytes += bytes;
      PooledBuffer kept = large.get(index).pollLast();
      if (kept != null) {
        keptBytes -= bytes;
        return kept.lend();
      }
    }
    return new PooledBuffer(this, bytes).lend();
  }

  /** Runs a task once, when a large buffer has been returned. */
  void whenFree(Runnable task) {
    waiting.add(task);
  }

  /** Returns whether a connection may be waiting for a large buffer. */
  boolean isContended() {
    return !waiting.isEmpty();
  }

  /** Returns the sum of large buffers in use, in bytes. */
  long lentBytes() {
    synchronized (lock) {
      return lentBytes;
    }
  }

  /** Takes back a buffer without references. */
  void takeBack(PooledBuffer buffer) {
    int bytes = buffer.bytes().capacity();
    if (bytes == CHUNK_BYTES) {
      synchronized (lock) {
        if (chunks.size() < CHUNKS_KEPT_MAX) {
          chunks.addLast(buffer);
        }
      }
      return;
    }
    synchronized (lock) {
      lentBytes -= bytes;
      if (keptBytes + bytes <= keptBytesMax) {
        keptBytes += bytes;
        large.get(classOf(bytes)).addLast(buffer);
      }
    }
    for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
      task.run();
    }
  }

  /** Size classes are powers of two plus room for the operations around the data. */
  private static int classOf(int bytes) {
    int units = Math.max(1, Math.ceilDiv(bytes - CLASS_UNIT, CLASS_UNIT));
    return 32 - Integer.numberOfLeadingZeros(units - 1);
  }

  private static int classBytes(int index) {
    return (CLASS_UNIT << index) + CLASS_UNIT;
  }
}
