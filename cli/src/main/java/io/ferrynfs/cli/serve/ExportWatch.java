package io.ferrynfs.cli.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Checks periodically whether exported directories still exist and whether the state folder can be
 * written. A problem is logged once, and once again when it has ended.
 *
 * <p>Each check runs on a thread of its own, because a disk may hang. A check that has not returned
 * by the next period is reported as a problem.
 */
final class ExportWatch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(15);

  /** If more checks hang, the others are not run. */
  private static final int THREADS_MAX = 4;

  private static final int QUEUED_MAX = 1024;

  /** Runs a check. Returns null if there is no problem. May block on a disk. */
  @FunctionalInterface
  interface Check {
    @Nullable ExportProblem check();
  }

  private final Env env;
  private final System.Logger log;
  private final Pool pool;

  @GuardedBy("this")
  private List<Watched> exports = List.of();

  @GuardedBy("this")
  private @Nullable Watched state;

  @GuardedBy("this")
  private @Nullable Cancellable next;

  @GuardedBy("this")
  private boolean closed;

  /** A check and its last result. */
  private static final class Watched {
    final String name;
    final Check check;
    boolean isChecking;
    @Nullable ExportProblem problem;

    Watched(String name, Check check) {
      this.name = name;
      this.check = check;
    }
  }

  ExportWatch(Env env, System.Logger log) {
    this.env = env;
    this.log = log;
    pool = env.pool("ferry-watch", THREADS_MAX, QUEUED_MAX);
  }

  /** Replaces the checks. An export whose name is unchanged keeps its last result. */
  synchronized void watch(SequencedMap<String, Check> checks, @Nullable Check stateFolder) {
    List<Watched> before = exports;
    List<Watched> now = new ArrayList<>();
    checks.forEach((name, check) -> {
      Watched fresh = new Watched(name, check);
      before.stream()
          .filter(known -> known.name.equals(name))
          .forEach(known -> fresh.problem = known.problem);
      now.add(fresh);
    });
    exports = List.copyOf(now);
    state = stateFolder == null ? null : new Watched("the state folder", stateFolder);
    if (next == null && !closed) {
      next = env.timers().schedule(PERIOD, this::runPeriodically);
    }
  }

  private void runPeriodically() {
    checkNow();
    synchronized (this) {
      next = closed ? null : env.timers().schedule(PERIOD, this::runPeriodically);
    }
  }

  /** Starts all checks. */
  void checkNow() {
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
    boolean isHanging;
    synchronized (this) {
      isHanging = watched.isChecking;
      watched.isChecking = true;
    }
    if (isHanging) {
      found(watched, new ExportProblem("silent", "the file system does not answer"));
    } else if (!pool.tryExecute(() -> check(watched))) {
      finished(watched);
    }
  }

  private void check(Watched watched) {
    @Nullable ExportProblem problem;
    try {
      problem = watched.check.check();
    } catch (RuntimeException | Error fault) {
      log.log(System.Logger.Level.ERROR, () -> watched.name + " could not be checked", fault);
      problem = new ExportProblem("failing", String.valueOf(fault));
    }
    finished(watched);
    found(watched, problem);
  }

  private synchronized void finished(Watched watched) {
    watched.isChecking = false;
  }

  private void found(Watched watched, @Nullable ExportProblem problem) {
    ExportProblem before;
    synchronized (this) {
      before = watched.problem;
      watched.problem = problem;
    }
    if (problem == null && before != null) {
      log.log(System.Logger.Level.INFO, () -> watched.name + ": the problem has ended");
    } else if (problem != null && !problem.equals(before)) {
      log.log(System.Logger.Level.WARNING, () -> watched.name + ": " + problem.text());
    }
  }

  /** Returns the problems by name. A problem of the state folder affects all exports. */
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
