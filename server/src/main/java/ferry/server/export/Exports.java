package ferry.server.export;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The exports of a server, which may be replaced while it runs. A request sees to its end those
 * that there were when it began; so somebody has to know when the last of those requests has ended.
 */
public final class Exports {
  private volatile Generation current;

  /** Completes when no request uses exports from before the current ones; guarded by this. */
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
    unused = CompletableFuture.allOf(unused, former.retire());
    return new Former(former.table, unused);
  }

  /**
   * Exports that were replaced.
   *
   * @param unused completes when no request uses them any more, nor those before them
   */
  public record Former(ExportTable table, CompletableFuture<Void> unused) {}

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

    /** The request has ended. Saying so again does nothing. */
    public void leave() {
      if (left.compareAndSet(false, true)) {
        of.leave();
      }
    }
  }

  /** Exports, and how many requests use them. */
  private static final class Generation {
    /** Added to the number of requests when no more come. */
    private static final int RETIRED = Integer.MIN_VALUE;

    private final ExportTable table;
    private final AtomicInteger requests = new AtomicInteger();
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
        unused.complete(null);
      }
    }

    CompletableFuture<Void> retire() {
      if (requests.addAndGet(RETIRED) == RETIRED) {
        unused.complete(null);
      }
      return unused;
    }
  }
}
