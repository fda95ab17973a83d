package io.ferrynfs.server.source;

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
 * What copies between servers read into: direct buffers of a MiB, each with a pipe where the file
 * has one, whose number is bounded for all copies together, and for those from one source. One each
 * source may always have, so a source that keeps its readers waiting holds up no other one.
 */
final class ReadBuffers {
  /** The size of each. */
  static final int BUFFER_BYTES = 1 << 20;

  /** Below, memory is as good: the beginning of a reply is received before it is known whose. */
  private static final int PIPED_BYTES_MIN = 64 << 10;

  private static final int KEPT_MAX = 8;

  private final SourceLimits limits;
  private final IntFunction<ByteBuffer> memory;

  // Guarded by this.
  private final Deque<ByteBuffer> free = new ArrayDeque<>();
  private Deque<Runnable> waiting = new ArrayDeque<>();
  private int shared;

  private final LongAdder piped = new LongAdder();

  ReadBuffers(SourceLimits limits) {
    this(limits, ByteBuffer::allocateDirect);
  }

  /** With memory from elsewhere. */
  ReadBuffers(SourceLimits limits, IntFunction<ByteBuffer> memory) {
    this.limits = limits;
    this.memory = memory;
  }

  /** The buffers that copies from one source have. */
  final class Share {
    /** Guarded by the pool. */
    private int taken;

    /**
     * Room for the data of a READ.
     *
     * @param target is to get it
     * @param bytes of data that are wanted, as far as is known
     * @param whenFree runs, once, when it is worth asking again; not if there is one now
     * @return null when there is none now
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

    /** The same in memory, for who does without if there is none now. */
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
        // Counted only when it is there: the machine may be short of memory.
        ByteBuffer buffer = kept != null ? kept : memory.apply(BUFFER_BYTES);
        taken++;
        shared += isOwn ? 0 : 1;
        return buffer;
      }
    }

    /** What is in it is written, or of no use. What a connection still has for it goes nowhere. */
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

  /** Bytes that have come by pipes. */
  long pipedBytes() {
    return piped.sum();
  }

  /** How many of them copies have beyond the first one of each source. */
  synchronized int shared() {
    return shared;
  }
}
