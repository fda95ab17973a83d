package io.ferrynfs.server.source;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.storage.OpenFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The buffers into which copies between servers read: direct buffers of 1 MiB, each with a pipe if
 * the target supports it. Their number is limited in total and for each source. Each source may
 * always have one, so a slow source delays no other source.
 */
final class ReadBuffers {
  /** The size of each buffer. */
  static final int BUFFER_BYTES = 1 << 20;

  /**
   * A smaller READ uses memory, because the start of its reply is received before the reply is
   * matched to its call.
   */
  private static final int PIPED_BYTES_MIN = 64 << 10;

  private static final int KEPT_MAX = 8;

  private final SourceLimits limits;
  private final IntFunction<ByteBuffer> memory;

  @GuardedBy("this")
  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  @GuardedBy("this")
  private Deque<Runnable> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private int shared;

  private final LongAdder piped = new LongAdder();

  ReadBuffers(SourceLimits limits) {
    this(limits, ByteBuffer::allocateDirect);
  }

  /** Creates buffers with memory from the given allocator. */
  ReadBuffers(SourceLimits limits, IntFunction<ByteBuffer> memory) {
    this.limits = limits;
    this.memory = memory;
  }

  /** The buffers of the copies from one source. */
  final class Share {
    @GuardedBy("ReadBuffers.this")
    private int taken;

    /**
     * Takes a buffer for the data of a READ.
     *
     * @param target the file that will receive the data
     * @param bytes the number of bytes wanted, as far as it is known
     * @param whenFree runs once when a retry may succeed; it does not run if this call succeeds
     * @return null if no buffer is free now
     */
    @Nullable ReadRoom take(OpenFile target, long bytes, Runnable whenFree) {
      ByteBuffer buffer = take(whenFree);
      if (buffer == null || bytes < PIPED_BYTES_MIN) {
        return buffer == null ? null : ReadRoom.inMemory(buffer);
      }
      try {
        return new ReadRoom(buffer, target.pipe().orElse(null));
      } catch (RuntimeException | Error failure) {
        giveBack(ReadRoom.inMemory(buffer));
        throw failure;
      }
    }

    private @Nullable ByteBuffer take(Runnable whenFree) {
      synchronized (ReadBuffers.this) {
        ByteBuffer buffer = takeNow();
        if (buffer == null) {
          waiting.addLast(whenFree);
        }
        return buffer;
      }
    }

    /** Takes a buffer in memory, or returns null if none is free now. */
    @Nullable ReadRoom tryTake() {
      try {
        ByteBuffer buffer = takeNow();
        return buffer == null ? null : ReadRoom.inMemory(buffer);
      } catch (OutOfMemoryError none) {
        return null;
      }
    }

    private @Nullable ByteBuffer takeNow() {
      synchronized (ReadBuffers.this) {
        boolean isOwn = taken == 0;
        if (!isOwn && (taken >= limits.buffersOfLinkMax() || shared >= limits.buffersSharedMax())) {
          return null;
        }
        ByteBuffer kept = free.pollLast();
        // Counted after the allocation because that may fail.
        ByteBuffer buffer = kept != null ? kept : memory.apply(BUFFER_BYTES);
        taken++;
        shared += isOwn ? 0 : 1;
        return buffer;
      }
    }

    /** Returns a buffer. Data that a connection still receives for it is discarded. */
    void giveBack(ReadRoom room) {
      piped.add(room.piped());
      ByteBuffer buffer = room.close();
      List<Runnable> now;
      synchronized (ReadBuffers.this) {
        taken--;
        shared -= taken == 0 ? 0 : 1;
        if (free.size() < KEPT_MAX) {
          free.addLast(buffer.clear());
        }
        now = new ArrayList<>(waiting);
        waiting = new ArrayDeque<>();
      }
      now.forEach(Runnable::run);
    }
  }

  Share share() {
    return new Share();
  }

  /** Returns the number of bytes received through pipes. */
  long pipedBytes() {
    return piped.sum();
  }

  /** Returns the number of buffers in use beyond the first one of each source. */
  synchronized int shared() {
    return shared;
  }
}
