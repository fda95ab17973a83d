package io.ferrynfs.rpc.env;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers for what the network receives and sends.
 *
 * <p>Chunks are small and always granted: connections bound their number. Large buffers hold one
 * large record each; their sum is bounded, and a connection that gets none stops reading until one
 * is free.
 */
final class BufferPool {

  /** Size of a chunk: some hundred small calls. */
  static final int CHUNK_BYTES = 32 << 10;

  private static final int CHUNKS_KEPT_MAX = 128;
  private static final int CLASS_UNIT = 64 << 10;
  private static final int CLASSES = 15;

  private final long largeBytesMax;
  private final long keptBytesMax;
  private final Object lock = new Object();
  private final ArrayDeque<PooledBuffer> chunks = new ArrayDeque<>();
  private final List<ArrayDeque<PooledBuffer>> large = new ArrayList<>();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private long lentBytes;
  private long keptBytes;

  /**
   * A pool.
   *
   * @param largeBytesMax sum of large buffers lent at once
   * @param keptBytesMax sum of large buffers kept for the next one
   */
  BufferPool(long largeBytesMax, long keptBytesMax) {
    this.largeBytesMax = largeBytesMax;
    this.keptBytesMax = keptBytesMax;
    for (int i = 0; i < CLASSES; i++) {
      large.add(new ArrayDeque<>());
    }
  }

  /** A chunk, empty, with one reference. */
  PooledBuffer chunk() {
    PooledBuffer chunk;
    synchronized (lock) {
      chunk = chunks.pollLast();
    }
    return chunk != null ? chunk.lend() : new PooledBuffer(this, CHUNK_BYTES).lend();
  }

  /** A large buffer of at least so many bytes with one reference, or null when there is no room. */
  @Nullable PooledBuffer large(int bytesMin) {
    int index = classOf(bytesMin);
    int bytes = classBytes(index);
    synchronized (lock) {
      // One is always granted: else a record larger than the bound would wait for ever.
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

  /** Runs a task, once, when a large buffer has come back. */
  void whenFree(Runnable task) {
    waiting.add(task);
  }

  /** Whether somebody may be waiting for a large buffer. */
  boolean isContended() {
    return !waiting.isEmpty();
  }

  /** Bytes of large buffers in use. */
  long lentBytes() {
    synchronized (lock) {
      return lentBytes;
    }
  }

  /** Takes a buffer that has no references left. */
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

  /** Powers of two, each with room beside it for the operations around that much data. */
  private static int classOf(int bytes) {
    int units = Math.max(1, Math.ceilDiv(bytes - CLASS_UNIT, CLASS_UNIT));
    return 32 - Integer.numberOfLeadingZeros(units - 1);
  }

  private static int classBytes(int index) {
    return (CLASS_UNIT << index) + CLASS_UNIT;
  }
}
