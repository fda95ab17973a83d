package ferry.server.source;

import ferry.server.config.SourceLimits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory that copies between servers read into: direct buffers of a MiB, whose number is
 * bounded for all copies together, and for those from one source. One buffer each source may always
 * have, so a source that keeps its readers waiting holds up no other one.
 */
final class ReadBuffers {
  /** The size of each. */
  static final int BUFFER_BYTES = 1 << 20;

  private static final int KEPT_MAX = 8;

  private final SourceLimits limits;

  // Guarded by this.
  private final Deque<ByteBuffer> free = new ArrayDeque<>();
  private Deque<Runnable> waiting = new ArrayDeque<>();
  private int shared;

  ReadBuffers(SourceLimits limits) {
    this.limits = limits;
  }

  /** The buffers that copies from one source have. */
  final class Share {
    /** Guarded by the pool. */
    private int taken;

    /**
     * A buffer to read into, cleared.
     *
     * @param whenFree runs, once, when it is worth asking again; not if there is one now
     * @return null when there is none now
     */
    @Nullable ByteBuffer take(Runnable whenFree) {
      synchronized (ReadBuffers.this) {
        ByteBuffer buffer = tryTake();
        if (buffer == null) {
          waiting.addLast(whenFree);
        }
        return buffer;
      }
    }

    /** The same for who does without one if there is none now. */
    @Nullable ByteBuffer tryTake() {
      synchronized (ReadBuffers.this) {
        boolean isOwn = taken == 0;
        if (!isOwn && (taken >= limits.buffersOfLinkMax() || shared >= limits.buffersSharedMax())) {
          return null;
        }
        ByteBuffer kept = free.pollLast();
        // Counted only when it is there: the machine may be short of memory.
        ByteBuffer buffer = kept != null ? kept : ByteBuffer.allocateDirect(BUFFER_BYTES);
        taken++;
        shared += isOwn ? 0 : 1;
        return buffer;
      }
    }

    /** Nobody writes into it any more. */
    void giveBack(ByteBuffer buffer) {
      released(buffer);
    }

    /**
     * The READ into it failed without an answer, and the last bytes may still get into it: it is
     * nobody's from now on.
     */
    void abandon() {
      released(null);
    }

    private void released(@Nullable ByteBuffer buffer) {
      List<Runnable> now;
      synchronized (ReadBuffers.this) {
        taken--;
        shared -= taken == 0 ? 0 : 1;
        if (buffer != null && free.size() < KEPT_MAX) {
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

  /** How many of them copies have beyond the first one of each source. */
  synchronized int shared() {
    return shared;
  }
}
