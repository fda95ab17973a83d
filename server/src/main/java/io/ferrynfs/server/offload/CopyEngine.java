package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.CopyDirectory;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopyStatus;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.source.SourceFile;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The copies of this server.
 *
 * <p>A copy waits in the {@link CopySchedule}. It is copied piece by piece on one pool and made
 * durable on another. So many small files are flushed together, and a slow flush delays no piece.
 * Then CB_OFFLOAD reports its result. A copy is in one of these places at a time, and the thread
 * that removes it from there decides what follows. So a cancellation, the end of the client, the
 * end of the server and the end of the copy may occur in any order. A synchronous copy is scheduled
 * in the same way without blocking a thread. Its reply is sent after its last piece. So a client
 * gains nothing by preferring one kind of copy.
 *
 * <p>The {@link StateTable} has the stateid of each copy. Its removal from there abandons the copy.
 */
public final class CopyEngine implements CopyDirectory, AutoCloseable {
  private static final Logger LOG = System.getLogger(CopyEngine.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int REMEMBERED_LEASES = 2;

  /**
   * The maximum time in nanoseconds for which a synchronous COPY occupies its slot after its first
   * piece.
   */
  private static final long SYNCHRONOUS_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Env env;
  private final CopyLimits limits;
  private final StateTable state;
  private final CopyOutcomes outcomes;
  private final Observer observer;
  private final CopySchedule schedule;
  private final CopyPace pace;
  private final DeniedCopies denied;
  private final CopyCallbacks callbacks;
  private final Pool copying;
  private final Pool syncing;
  private final CopySetUps setUps;
  private final SmallCopies small;
  private final AtomicLong ids = new AtomicLong();
  private final CopyBytes bytes = new CopyBytes();

  /** The copies that have not ended, by id. */
  private final ConcurrentMap<Long, CopyJob> active = new ConcurrentHashMap<>();

  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private volatile boolean stopping;

  /**
   * Creates an engine without copies.
   *
   * @param lease the lease time of clients
   * @param rules the rules for reporting errors to clients
   */
  public CopyEngine(
      Env env,
      CopyLimits limits,
      Duration lease,
      CopyRules rules,
      StateTable state,
      WriteVerifier writeVerifier,
      Observer observer) {
    this.env = env;
    this.observer = observer;
    this.limits = limits;
    this.state = state;
    this.outcomes = new CopyOutcomes(writeVerifier, rules);
    this.schedule = new CopySchedule(limits);
    this.pace = new CopyPace(env.ticker(), limits.bytesPerSecondMax());
    this.denied = new DeniedCopies(env.ticker(), lease);
    this.callbacks =
        new CopyCallbacks(env.timers(), lease.multipliedBy(REMEMBERED_LEASES), this::reported);
    this.copying = env.pool("nfs-copy", limits.stepsMax(), limits.stepsMax());
    // Every copy is there at most once: none ever finds it full.
    this.syncing =
        env.pool("nfs-copy-sync", limits.syncsMax(), limits.jobsMax() + limits.synchronousMax());
    this.setUps = new CopySetUps(env, limits.sources());
    this.small = new SmallCopies(env.ticker(), limits, ids::incrementAndGet, bytes, pace);
  }

  /** Each copy is in this pool at most once, so the pool is never full. */
  public boolean isDenied(long clientid, Object source, FileKey target) {
    return denied.isDenied(clientid, source, target);
  }

  /** Returns the byte counts of all copies. */
  public CopyBytes bytes() {
    return bytes;
  }

  /** Returns the COPYs whose source has not been found yet. */
  public CopySetUps setUps() {
    return setUps;
  }

  /** Returns the copier of ranges that need no scheduling. */
  public SmallCopies small() {
    return small;
  }

  /**
   * Accepts an asynchronous copy.
   *
   * @return its stateid; null at one of the limits, and the caller still owns the files then
   * @throws NfsStatusException NFS4ERR_DELAY while the server stops, so that the client retries at
   *     the next instance; the caller still owns the files then
   */
  public @Nullable Stateid4 submit(CopyRequest request) throws NfsStatusException {
    long clientid = request.client().clientid();
    if (!schedule.reserve(clientid)) {
      if (stopping) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
      }
      return null;
    }
    CopyJob job = job(request, null);
    try {
      accept(job);
      return job.stateid();
    } catch (NfsStatusException limit) {
      return null;
    }
  }

  private CopyJob job(CopyRequest request, @Nullable CompletableFuture<CopyOutcome> answer) {
    return new CopyJob(
        ids.incrementAndGet(),
        request,
        copier(request, pace.pieceBytesMax()),
        env.ticker().nanoTime(),
        this::abandoned,
        answer);
  }

  /** Accepts a copy for which the schedule has reserved room. */
  private void accept(CopyJob job) throws NfsStatusException {
    try {
      job.register(state.offloads().add(job.clientid(), job.request().target().key(), job));
    } catch (NfsStatusException limit) {
      schedule.release(job);
      throw limit;
    }
    active.put(job.id(), job);
    CopyLog.begin(job.id(), job.request());
    observer.copyStarted(job.status(env.ticker().nanoTime()));
    Duration wait = pace.beforeFirst();
    schedule.enter(job, wait.isPositive());
    if (wait.isPositive()) {
      env.timers().schedule(wait, () -> resume(job));
    }
    if (stopping) {
      job.stop(CopyJob.Stop.SHUTDOWN);
    }
    resumeIfStopped(job);
    pump(copying::tryExecute);
  }

  /**
   * Returns whether the rate limit lets a copy begin soon enough for a client that waits for the
   * reply.
   */
  public boolean mayAnswerSoon() {
    return pace.beforeFirst().toNanos() <= SYNCHRONOUS_NANOS_MAX;
  }

  /**
   * Accepts a synchronous copy, whose time is bounded from its first piece on. It is in the state
   * table so that it ends with its client.
   *
   * @return the outcome. The bytes are all of the range or fewer, and are not 0 unless the source
   *     ends there now. An error means that no byte was copied; a later error results in a short
   *     copy (RFC 7862 section 15.2.3), and the client's next COPY reports it
   * @throws NfsStatusException NFS4ERR_DELAY at one of the limits, and the caller still owns the
   *     files then
   */
  public CompletableFuture<CopyOutcome> copyInTurn(CopyRequest request) throws NfsStatusException {
    if (!mayAnswerSoon() || !schedule.reserveSynchronous(request.client().clientid())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    CompletableFuture<CopyOutcome> answer = new CompletableFuture<>();
    try {
      accept(job(request, answer));
    } catch (NfsStatusException limit) {
      // The stateids are exhausted. NFS4ERR_NOSPC would mean the space on the disk.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    return answer;
  }

  private Copier copier(CopyRequest request, long pieceBytesMax) {
    OpenFile target = request.to().file();
    return switch (request.source()) {
      case CopyInput.Local(var _, FileUse use) ->
          copier(use.file(), target, request.range(), pieceBytesMax);
      case CopyInput.Remote(SourceFile file, CopyRules rules) ->
          new RemoteCopier(
              file,
              rules,
              target,
              request.range(),
              bytes,
              limits.sources().readsPerCopyMax(),
              pieceBytesMax);
    };
  }

  private RangeCopier copier(
      OpenFile source, OpenFile target, CopyRange range, long pieceBytesMax) {
    return new RangeCopier(
        env.ticker(), source, target, range, bytes, limits.chunkBytesMin(), pieceBytesMax);
  }

  /** Starts the next pieces of copies while threads are available. */
  private void pump(Predicate<Runnable> threads) {
    for (CopyJob job = schedule.next(); job != null; job = schedule.next()) {
      CopyJob next = job;
      if (!threads.test(() -> step(next))) {
        // The pool is closed or has no thread, so no later event would continue this copy.
        schedule.stepped(next);
        next.fail();
        finish(next);
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
      case END -> finish(job);
    }
    pump(copying::tryExecuteNext);
  }

  private void anotherPiece(CopyJob job, long moved) {
    Duration pause = pace.after(moved);
    long untilNext = job.sinceFirstPieceNanos(env.ticker().nanoTime()) + pause.toNanos();
    if (job.isSynchronous() && untilNext >= SYNCHRONOUS_NANOS_MAX) {
      finish(job);
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
        finish(job);
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

  private void resume(CopyJob job) {
    schedule.resume(job);
    pump(copying::tryExecute);
  }

  /** Ends a copy after its last piece. */
  private void finish(CopyJob job) {
    job.quiet().complete(null);
    CompletableFuture<CopyOutcome> answer = job.answer();
    if (answer == null) {
      runOnSyncPool(() -> settle(job));
    } else {
      answer(job, answer);
    }
  }

  /**
   * Completes a synchronous copy. It is not made durable because the client sends COMMIT, as after
   * WRITE.
   */
  private void answer(CopyJob job, CompletableFuture<CopyOutcome> answer) {
    closeFiles(job);
    CopyOutcome outcome = CopyOutcomes.ofReply(job);
    job.end(null);
    ended(job, false);
    state.offloads().remove(job.stateid());
    answer.complete(outcome);
  }

  /** Runs a task on a thread that may wait for a disk, or on this thread if the pool is closed. */
  private void runOnSyncPool(Runnable task) {
    if (!syncing.tryExecute(task)) {
      task.run();
    }
  }

  private void settle(CopyJob job) {
    CopyOutcome outcome = job.isAbandoned() ? null : outcomes.makeDurable(job);
    closeFiles(job);
    boolean toBeReported = job.end(outcome);
    ended(job, toBeReported);
    if (toBeReported && outcome != null) {
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

  /**
   * Handles the removal of the stateid: the copy was cancelled, its client was removed, or its
   * result was reported.
   */
  private void abandoned(CopyJob job) {
    if (schedule.withdraw(job)) {
      job.quiet().complete(null);
      job.end(null);
      runOnSyncPool(() -> closeAbandoned(job));
    } else if (job.hasEnded()) {
      reported(job);
    }
  }

  private void closeAbandoned(CopyJob job) {
    closeFiles(job);
    ended(job, false);
    CompletableFuture<CopyOutcome> answer = job.answer();
    if (answer != null) {
      answer.complete(CopyOutcomes.unstable(job, Nfsstat4.NFS4ERR_BAD_STATEID));
    }
  }

  private void ended(CopyJob job, boolean toBeReported) {
    active.remove(job.id());
    CopyLog.end(job, env.ticker().nanoTime() - job.startedNanos());
    observer.copyEnded(
        job.status(env.ticker().nanoTime()),
        job.isAbandoned() ? null : CopyOutcomes.finalStatus(job));
    schedule.ended(job, toBeReported);
    checkIdle();
  }

  /** Forgets a copy whose client knows its outcome or will never know it. */
  private void reported(CopyJob job) {
    if (job.outcome() != null && job.markReported()) {
      schedule.reported(job);
      state.offloads().remove(job.stateid());
      checkIdle();
    }
  }

  /**
   * Returns the progress of a copy of this client into this file (OFFLOAD_STATUS).
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID
   */
  public CopyProgress progress(long clientid, FileKey target, Stateid4 stateid)
      throws NfsStatusException {
    CopyJob job = find(clientid, target, stateid);
    CopyOutcome outcome = job.outcome();
    return outcome == null
        ? new CopyProgress(job.copied(), null)
        : new CopyProgress(outcome.bytes(), outcome.status());
  }

  /**
   * Cancels a copy (OFFLOAD_CANCEL). Its client receives no CB_OFFLOAD.
   *
   * @param principal the principal of the request
   * @return completes when the server no longer writes to the target (copy-conformance X-012)
   * @throws NfsStatusException NFS4ERR_BAD_STATEID; also for the copy of another user (RFC 7862
   *     section 4.1.2)
   */
  public CompletableFuture<Void> cancel(
      long clientid, FileKey target, Stateid4 stateid, Principal principal)
      throws NfsStatusException {
    CopyJob job = find(clientid, target, stateid);
    if (!job.request().principal().sameUser(principal) || !state.offloads().remove(job.stateid())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    return job.quiet();
  }

  /**
   * Cancels earlier copies of a retried COPY whose session no longer exists. A client that lost its
   * session before it received the reply to COPY retries it in another session. It does not know
   * the stateid of the first copy and cannot cancel it. The first copy must not write to the file
   * after the second has ended.
   *
   * @param exists whether a session still exists
   * @throws NfsStatusException NFS4ERR_DELAY while an earlier copy may still write
   */
  public void endOrphans(CopyRequest request, Predicate<Sessionid4> exists)
      throws NfsStatusException {
    boolean mayWrite = false;
    for (CopyJob job : active.values()) {
      CopyRequest before = job.request();
      if (before.client().clientid() == request.client().clientid()
          && before.target().key().equals(request.target().key())
          && before.range().equals(request.range())
          && before.source().key().equals(request.source().key())
          && !exists.test(before.call().sessionid())) {
        state.offloads().remove(job.stateid());
        mayWrite |= !job.quiet().isDone();
      }
    }
    if (mayWrite) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  private CopyJob find(long clientid, FileKey target, Stateid4 stateid) throws NfsStatusException {
    if (state.offloads().find(clientid, target, stateid) instanceof CopyJob job) {
      return job;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Override
  public List<CopyStatus> copies() {
    return active.values().stream()
        .sorted(Comparator.comparingLong(CopyJob::id))
        .map(job -> job.status(env.ticker().nanoTime()))
        .toList();
  }

  @Override
  public CompletableFuture<Boolean> cancel(long id) {
    CopyJob job = active.get(id);
    if (job == null || job.quiet().isDone()) {
      // The copy is only being made durable and is not cancelled.
      return CompletableFuture.completedFuture(false);
    }
    denied.deny(job.request());
    job.stop(CopyJob.Stop.ADMINISTRATOR);
    resume(job);
    return job.quiet().thenApply(_ -> true);
  }

  /**
   * Ends the copies that may not continue, after their current pieces. They are not made durable,
   * and their clients receive the status.
   *
   * @param statusOf returns the status with which a copy ends; null for a copy that continues
   * @return completes when the files of these copies are closed
   */
  public CompletableFuture<Void> revoke(Function<CopyRequest, @Nullable Nfsstat4> statusOf) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (CopyJob job : active.values()) {
      Nfsstat4 status = statusOf.apply(job.request());
      if (status != null) {
        ends.add(job.closed());
        job.revoke(status);
        resume(job);
      }
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
  }

  /** Returns the number of copies that have not ended. */
  public int activeCount() {
    return active.size();
  }

  /** Returns the number of pieces that are being copied now. */
  public int stepsAtOnce() {
    return schedule.steps();
  }

  /** Returns whether there is no copy and no outcome that a client does not know. */
  public boolean isEmpty() {
    return active.isEmpty() && schedule.lanes() == 0;
  }

  /**
   * Stops the engine. It accepts no further copy, ends each copy after its current piece, and
   * reports the progress to the clients.
   *
   * @param timeMax the maximum time to wait for the clients' replies
   * @return completes when all clients have replied, or after that time
   */
  public CompletableFuture<Void> stop(Duration timeMax) {
    stopping = true;
    schedule.close();
    active
        .values()
        .forEach(job -> {
          job.stop(CopyJob.Stop.SHUTDOWN);
          // A copy that pauses for the rate limit could miss the deadline.
          resume(job);
        });
    checkIdle();
    if (!idle.isDone()) {
      env.timers().schedule(timeMax, () -> idle.complete(null));
    }
    return idle;
  }

  private void checkIdle() {
    if (stopping && isEmpty()) {
      idle.complete(null);
    }
  }

  /** Stops the threads after their current pieces and syncs. */
  @Override
  public void close() {
    schedule.close();
    setUps.close();
    copying.close();
    syncing.close();
  }
}
