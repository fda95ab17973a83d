package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.CopyLimits;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The turns of copies: runs the pieces that the {@link CopySchedule} selects, on one pool, and
 * decides after each piece when the next one follows. No thread waits between two pieces.
 */
final class CopyRunner implements AutoCloseable {
  private static final Logger LOG = System.getLogger(CopyRunner.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(250);

  /**
   * The maximum time in nanoseconds for which a synchronous COPY occupies its slot after its first
   * piece.
   */
  private static final long SYNCHRONOUS_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Env env;
  private final CopySchedule schedule;
  private final CopyPace pace;
  private final Consumer<CopyJob> onLastPiece;
  private final Pool copying;

  /**
   * Creates a runner.
   *
   * @param onLastPiece receives each copy once, after its last piece
   */
  CopyRunner(
      Env env,
      CopyLimits limits,
      CopySchedule schedule,
      CopyPace pace,
      Consumer<CopyJob> onLastPiece) {
    this.env = env;
    this.schedule = schedule;
    this.pace = pace;
    this.onLastPiece = onLastPiece;
    this.copying = env.pool("nfs-copy", limits.stepsMax(), limits.stepsMax());
  }

  /**
   * Returns whether the rate limit lets a copy begin soon enough for a client that waits for the
   * reply.
   */
  boolean mayAnswerSoon() {
    return pace.beforeFirst().toNanos() <= SYNCHRONOUS_NANOS_MAX;
  }

  /** Queues a copy for its first piece. */
  void begin(CopyJob job) {
    Duration wait = pace.beforeFirst();
    schedule.enter(job, wait.isPositive());
    if (wait.isPositive()) {
      env.timers().schedule(wait, () -> resume(job));
    }
    resumeIfStopped(job);
    pump(copying::tryExecute);
  }

  /** Ends the pause of a copy. */
  void resume(CopyJob job) {
    schedule.resume(job);
    pump(copying::tryExecute);
  }

  /** Starts the next pieces of copies while threads are available. */
  private void pump(Predicate<Runnable> threads) {
    for (CopyJob job = schedule.next(); job != null; job = schedule.next()) {
      CopyJob next = job;
      if (!threads.test(() -> step(next))) {
        // The pool is closed or has no thread, so no later event would continue this copy.
        schedule.stepped(next);
        next.fail();
        onLastPiece.accept(next);
      }
    }
  }

  private void step(CopyJob job) {
    CopyJob.Next next;
    long movedBefore = job.moved();
    job.sinceFirstPieceNanos(env.ticker().nanoTime());
    try {
      // A small call must not wait for the disk behind this piece.
      job.volume().workInBackground();
      next = job.step();
    } catch (RuntimeException | Error fault) {
      LOG.log(Level.ERROR, () -> "copy " + job.id() + " failed unexpectedly", fault);
      job.fail();
      next = CopyJob.Next.END;
    }
    schedule.stepped(job);
    switch (next) {
      case ANOTHER_PIECE -> anotherPiece(job, job.moved() - movedBefore);
      case PAUSE -> resumeAfter(PAUSE, job);
      case WAIT -> await(job);
      case END -> onLastPiece.accept(job);
    }
    pump(copying::tryExecuteNext);
  }

  private void anotherPiece(CopyJob job, long moved) {
    Duration pause = pace.after(moved);
    long untilNext = job.sinceFirstPieceNanos(env.ticker().nanoTime()) + pause.toNanos();
    if (job.isSynchronous() && untilNext >= SYNCHRONOUS_NANOS_MAX) {
      onLastPiece.accept(job);
    } else {
      resumeAfter(pause, job);
    }
  }

  /**
   * Suspends a copy until the source has sent data. A synchronous copy waits for its maximum time
   * only.
   */
  private void await(CopyJob job) {
    if (job.isSynchronous()) {
      long left = SYNCHRONOUS_NANOS_MAX - job.sinceFirstPieceNanos(env.ticker().nanoTime());
      if (left <= 0 && job.copied() > 0) {
        onLastPiece.accept(job);
        return;
      }
      if (job.isFirstWait()) {
        env.timers().schedule(Duration.ofNanos(left), () -> resume(job));
      }
    }
    schedule.requeue(job, true);
    job.whenReady(() -> resume(job));
    resumeIfStopped(job);
  }

  private void resumeAfter(Duration pause, CopyJob job) {
    schedule.requeue(job, pause.isPositive());
    if (pause.isPositive()) {
      env.timers().schedule(pause, () -> resume(job));
      resumeIfStopped(job);
    }
  }

  /**
   * A thread that stopped the copy during its piece did not find it in the queue, so the copy must
   * be resumed here.
   */
  private void resumeIfStopped(CopyJob job) {
    if (job.isStopped()) {
      resume(job);
    }
  }

  /** Stops the threads after their current pieces. */
  @Override
  public void close() {
    copying.close();
  }
}
