package io.ferrynfs.server.export;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The exports of a server, which may be replaced while it runs. A request uses the exports that
 * were current when it began. Its reply may be sent from a file long after the request has ended.
 * So this class reports the end of the last request and the end of the last reply with former
 * exports.
 */
public final class Exports {
  private volatile Generation current;

  /** Completes when no request uses exports from before the current ones. */
  @GuardedBy("this")
  private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

  /** Completes when no request and no reply uses them. */
  @GuardedBy("this")
  private CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);

  /** Creates the exports. */
  public Exports(ExportTable first) {
    current = new Generation(first);
  }

  /** Returns the current exports. */
  public ExportTable current() {
    return current.table;
  }

  /** Returns the current exports for a request, until it leaves. */
  public Use enter() {
    Generation now = current;
    while (!now.enter()) {
      now = current;
    }
    return new Use(now);
  }

  /**
   * Replaces the exports.
   *
   * @return the former exports
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
   * @param ended completes when no request uses them or any exports before them
   * @param unused completes when, in addition, no reply of such a request uses a file of them
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

    /** Returns the exports that were current when the request began. */
    public ExportTable table() {
      return of.table;
    }

    /**
     * Keeps the exports in use for a reply that is sent from a file after the request has ended.
     *
     * @param released runs when the file is no longer used
     * @return the task to run once then; it runs {@code released} and releases the exports
     */
    public Runnable retainedUntil(Runnable released) {
      of.hold();
      return () -> {
        try {
          released.run();
        } finally {
          of.letGo();
        }
      };
    }

    /** Ends the request. A second call does nothing. */
    public void leave() {
      if (left.compareAndSet(false, true)) {
        of.leave();
      }
    }
  }

  /** Exports and the number of requests and replies that use them. */
  private static final class Generation {
    /** Added to the number of uses when the exports are replaced. */
    private static final int RETIRED = Integer.MIN_VALUE;

    private final ExportTable table;
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * The number of requests and replies, plus one while requests may begin. A reply begins during
     * its request.
     */
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
