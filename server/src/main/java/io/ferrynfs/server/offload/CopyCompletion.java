package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.state.OffloadTable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The end of copies. Every copy takes the same path, whatever ended it: {@link #finish} after its
 * last piece, {@link #end} with its outcome, and {@link #forget} once its client knows the outcome.
 *
 * <p>Asynchronous copies are made durable on a separate pool. So many small files are flushed
 * together, and a slow flush delays no piece.
 */
final class CopyCompletion implements AutoCloseable {
  private static final Logger LOG = System.getLogger(CopyCompletion.class.getName());
  private static final int REMEMBERED_LEASES = 2;

  private final Env env;
  private final OffloadTable stateids;
  private final ActiveCopies active;
  private final CopySchedule schedule;
  private final CopyOutcomes outcomes;
  private final CopyCallbacks callbacks;
  private final Observer observer;
  private final Pool syncing;

  /**
   * Creates the path.
   *
   * @param lease the lease time of clients
   * @param rules the rules for reporting errors to clients
   */
  CopyCompletion(
      Env env,
      CopyLimits limits,
      Duration lease,
      CopyRules rules,
      WriteVerifier writeVerifier,
      OffloadTable stateids,
      ActiveCopies active,
      CopySchedule schedule,
      Observer observer) {
    this.env = env;
    this.stateids = stateids;
    this.active = active;
    this.schedule = schedule;
    this.outcomes = new CopyOutcomes(writeVerifier, rules);
    this.callbacks =
        new CopyCallbacks(env.timers(), lease.multipliedBy(REMEMBERED_LEASES), this::forget);
    this.observer = observer;
    // Each copy is in this pool at most once, so the pool is never full.
    this.syncing =
        env.pool("nfs-copy-sync", limits.syncsMax(), limits.jobsMax() + limits.synchronousMax());
  }

  /** Ends the copying of a copy that has no piece running or queued. Does not block. */
  void finish(CopyJob job) {
    job.finish();
    boolean mustNotWait = job.isSynchronous() && !job.isAbandoned();
    // A closed pool takes no task. The copy must end all the same.
    if (mustNotWait || !syncing.tryExecute(() -> end(job))) {
      end(job);
    }
  }

  private void end(CopyJob job) {
    CopyOutcome outcome = outcomes.of(job);
    closeFiles(job);
    boolean isUnreported = job.end(outcome) == CopyJob.Phase.UNREPORTED;
    CopyLog.end(job, env.ticker().nanoTime() - job.startedNanos());
    observer.copyEnded(
        job.status(env.ticker().nanoTime()), job.isAbandoned() ? null : outcome.status());
    schedule.ended(job, isUnreported);
    if (!isUnreported) {
      boolean _ = stateids.remove(job.stateid());
    }
    active.remove(job);
    CompletableFuture<CopyOutcome> answer = job.answer();
    if (answer != null) {
      answer.complete(outcome);
    } else if (isUnreported) {
      callbacks.send(job, outcome);
    }
  }

  /**
   * A defect here must not prevent the end of the copy because its room would never be free again.
   */
  private static void closeFiles(CopyJob job) {
    try {
      job.closeFiles();
    } catch (RuntimeException | Error fault) {
      LOG.log(Level.ERROR, () -> "copy " + job.id() + " could not close its files", fault);
    }
  }

  /** Forgets a completed copy whose client knows its outcome or will never know it. */
  void forget(CopyJob job) {
    if (job.forget()) {
      schedule.reported(job);
      boolean _ = stateids.remove(job.stateid());
      active.checkIdle();
    }
  }

  /** Stops the threads after their current syncs. */
  @Override
  public void close() {
    syncing.close();
  }
}
