package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks from time to time whether what a server serves is still there, and whether it can still
 * write down what has to outlive it: for neither is anybody told who does not happen to ask. What
 * begins to be wrong is in the log once, and once again when it is over.
 *
 * <p>A disk that hangs takes a thread of this one's own, and is what is wrong then.
 */
final class ExportWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(15);

  /** More that hang at once are as wrong as they were. */
  private static final int THREADS_MAX = 4;

  private static final int WAITING_MAX = 1024;

  /** Looks at one thing; null when nothing is wrong. May wait for a disk. */
  @FunctionalInterface
  interface Look {
    @Nullable ExportProblem look();
  }

  private final Env env;
  private final System.Logger log;
  private final Pool pool;

  // Guarded by this.
  private List<Watched> exports = List.of();
  private @Nullable Watched state;
  private @Nullable Cancellable next;
  private boolean closed;

  /** One thing that is looked at. Guarded by the watch. */
  private static final class Watched {
    final String name;
    final Look look;
    boolean isLooking;
    @Nullable ExportProblem problem;

    Watched(String name, Look look) {
      this.name = name;
      this.look = look;
    }
  }

  ExportWatch(Env env, System.Logger log) {
    this.env = env;
    this.log = log;
    pool = env.pool("ferry-watch", THREADS_MAX, WAITING_MAX);
  }

  /** From now on these are looked at. Those of a name that were before keep what is known. */
  synchronized void watch(SequencedMap<String, Look> looks, @Nullable Look stateFolder) {
    List<Watched> before = exports;
    List<Watched> now = new ArrayList<>();
    looks.forEach((name, look) -> {
      Watched fresh = new Watched(name, look);
      before.stream()
          .filter(known -> known.name.equals(name))
          .forEach(known -> fresh.problem = known.problem);
      now.add(fresh);
    });
    exports = List.copyOf(now);
    state = stateFolder == null ? null : new Watched("the state folder", stateFolder);
    if (next == null && !closed) {
      next = env.timers().schedule(EVERY, this::again);
    }
  }

  private void again() {
    lookNow();
    synchronized (this) {
      next = closed ? null : env.timers().schedule(EVERY, this::again);
    }
  }

  /** Begins to look at all of them. */
  void lookNow() {
    List<Watched> due;
    synchronized (this) {
      due = new ArrayList<>(exports);
      if (state != null) {
        due.add(state);
      }
    }
    due.forEach(this::begin);
  }

  private void begin(Watched watched) {
    boolean isSilent;
    synchronized (this) {
      isSilent = watched.isLooking;
      watched.isLooking = true;
    }
    if (isSilent) {
      found(watched, new ExportProblem("silent", "it does not answer: its disk may be away"));
    } else if (!pool.tryExecute(() -> look(watched))) {
      over(watched);
    }
  }

  private void look(Watched watched) {
    @Nullable ExportProblem problem;
    try {
      problem = watched.look.look();
    } catch (RuntimeException | Error fault) {
      log.log(System.Logger.Level.ERROR, () -> watched.name + " could not be looked at", fault);
      problem = new ExportProblem("failing", String.valueOf(fault));
    }
    over(watched);
    found(watched, problem);
  }

  private synchronized void over(Watched watched) {
    watched.isLooking = false;
  }

  private void found(Watched watched, @Nullable ExportProblem problem) {
    ExportProblem before;
    synchronized (this) {
      before = watched.problem;
      watched.problem = problem;
    }
    if (problem == null && before != null) {
      log.log(System.Logger.Level.INFO, () -> watched.name + " is as it should be again");
    } else if (problem != null && !problem.equals(before)) {
      log.log(System.Logger.Level.WARNING, () -> watched.name + ": " + problem.text());
    }
  }

  /** What is wrong, by name; what is wrong with the state folder is so with all of them. */
  synchronized SequencedMap<String, ExportProblem> problems() {
    ExportProblem ofState = state == null ? null : state.problem;
    SequencedMap<String, ExportProblem> problems = new LinkedHashMap<>();
    for (Watched export : exports) {
      ExportProblem problem = export.problem == null ? ofState : export.problem;
      if (problem != null) {
        problems.put(export.name, problem);
      }
    }
    return problems;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (next != null) {
        next.cancel();
      }
    }
    pool.close();
  }
}
