package io.ferrynfs.server.export;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The exports of a server, which may be replaced while it runs. A request sees to its end those
 * that there were when it began, and its reply may be sent from a file for long after that; so
 * somebody has to know when the last of those requests has ended, and when the last reply has left.
 */
public final class Exports {
  private volatile Generation current;

  /** Completes when no request runs with exports from before the current ones; guarded by this. */
  private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

  /** Completes when nothing uses them; guarded by this. */
  private CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);

  /** The first exports. */
  public Exports(ExportTable first) {
    current = new Generation(first);
  }

  /** The exports as they are now. */
  public ExportTable current() {
    return current.table;
  }

  /** The same for a request, until it says that it has ended. */
  public Use enter() {
    Generation now = current;
    while (!now.enter()) {
      now = current;
    }
    return new Use(now);
  }

  /**
   * From now on there are others.
   *
   * @return those that there were
   */
  public synchronized Former replace(ExportTable next) {
    Generation former = current;
    current = new Generation(next);
    former.retire();
    ended = CompletableFuture.allOf(ended, former.ended);
    unused = CompletableFuture.allOf(unused, former.unused);
    return new Former(former.table, ended, unused);
  }

  /**
   * Exports that were replaced.
   *
   * @param ended completes when no request runs with them any more, nor with those before them
   * @param unused completes when no reply of such a request uses a file of theirs either
   */
  public record Former(
      ExportTable table, CompletableFuture<Void> ended, CompletableFuture<Void> unused) {}

  /** The exports of one request. */
  public static final class Use {
    private final Generation of;
    private final AtomicBoolean left = new AtomicBoolean();

    private Use(Generation of) {
      this.of = of;
    }

    /** As they were when the request began. */
    public ExportTable table() {
      return of.table;
    }

    /**
     * The reply uses a file for longer than the request runs.
     *
     * @param released what is done when it does not any more
     * @return the same, which is to be run once, and lets go of the exports
     */
    public Runnable outlivedBy(Runnable released) {
      of.hold();
      return () -> {
        try {
          released.run();
        } finally {
          of.letGo();
        }
      };
    }

    /** The request has ended. Saying so again does nothing. */
    public void leave() {
      if (left.compareAndSet(false, true)) {
        of.leave();
      }
    }
  }

  /** Exports, and how many requests and replies use them. */
  private static final class Generation {
    /** Added to the number of requests when no more come. */
    private static final int RETIRED = Integer.MIN_VALUE;

    private final ExportTable table;
    private final AtomicInteger requests = new AtomicInteger();

    /** The requests, as long as there may be any, and replies: which begin in requests. */
    private final AtomicInteger holds = new AtomicInteger(1);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> unused = new CompletableFuture<>();

    Generation(ExportTable table) {
      this.table = table;
    }

    boolean enter() {
      int before;
      do {
        before = requests.get();
        if (before < 0) {
          return false;
        }
      } while (!requests.compareAndSet(before, before + 1));
      return true;
    }

    void leave() {
      if (requests.decrementAndGet() == RETIRED) {
        allEnded();
      }
    }

    void retire() {
      if (requests.addAndGet(RETIRED) == RETIRED) {
        allEnded();
      }
    }

    private void allEnded() {
      ended.complete(null);
      letGo();
    }

    void hold() {
      holds.incrementAndGet();
    }

    void letGo() {
      if (holds.decrementAndGet() == 0) {
        unused.complete(null);
      }
    }
  }
}
