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
 * <p>A copy waits in the {@link CopySchedule}, is copied piece by piece on one pool, made durable
 * on another (so that many small files are flushed together, and a slow flush holds up no piece),
 * and then told to its client. A copy is in one of these places at a time, and whoever takes it
 * from there decides what comes next; so cancelling, the end of a client, of the server, and the
 * end of the copy itself may come in any order. A synchronous copy takes the same turns without
 * keeping a thread in between, and its reply is sent after its last piece, so no client gets more
 * by asking for more of the one kind or the other.
 *
 * <p>The stateid stands in the {@link StateTable}. Whatever removes it there, abandons the copy.
 */
public final class CopyEngine implements CopyDirectory, AutoCloseable {
  private static final Logger LOG = System.getLogger(CopyEngine.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int REMEMBERED_LEASES = 2;

  /** How long after its first piece a synchronous COPY may keep its slot. */
  private static final long SYNCHRONOUS_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Env env;
  private final CopyLimits limits;
  private final StateTable state;
  private final CopyOutcomes outcomes;
  private final Observer observer;
  private final CopySchedule schedule;
  private final CopyPace pace;
  private final DeniedCopies denied;
  private final CopyCallbacks report;
  private final Pool copying;
  private final Pool syncing;
  private final CopySetUps setUps;
  private final SmallCopies small;
  private final AtomicLong ids = new AtomicLong();
  private final CopyBytes bytes = new CopyBytes();

  /** The copies that have not ended, by what the administrator calls them. */
  private final ConcurrentMap<Long, CopyJob> active = new ConcurrentHashMap<>();

  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private volatile boolean stopping;

  /**
   * No copies yet.
   *
   * @param lease how long a client may be silent
   * @param rules how clients are told of what was in the way
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
    this.report =
        new CopyCallbacks(env.timers(), lease.multipliedBy(REMEMBERED_LEASES), this::told);
    this.copying = env.pool("nfs-copy", limits.stepsMax(), limits.stepsMax());
    // Every copy is there at most once: none ever finds it full.
    this.syncing =
        env.pool("nfs-copy-sync", limits.syncsMax(), limits.jobsMax() + limits.synchronousMax());
    this.setUps = new CopySetUps(env, limits.sources());
    this.small = new SmallCopies(env.ticker(), limits, ids::incrementAndGet, bytes, pace);
  }

  /**
   * Whether the administrator has just ended a copy of this file into that by this client.
   *
   * @param source see {@link CopyInput#key}
   */
  public boolean isDenied(long clientid, Object source, FileKey target) {
    return denied.isDenied(clientid, source, target);
  }

  /** Counts the bytes of all copies. */
  public CopyBytes bytes() {
    return bytes;
  }

  /** The COPYs whose source is still being looked for. */
  public CopySetUps setUps() {
    return setUps;
  }

  /** What is copied without waiting for a turn. */
  public SmallCopies small() {
    return small;
  }

  /**
   * Takes on a copy.
   *
   * @return its stateid; null at one of the limits, and then the files are still the caller's
   * @throws NfsStatusException NFS4ERR_DELAY when the server is about to stop, so that the client
   *     comes to the next instance and does not take this one for busy; the files are still the
   *     caller's then
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
      take(job);
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

  /** Takes on a copy that has room in the schedule. */
  private void take(CopyJob job) throws NfsStatusException {
    try {
      job.named(state.offloads().add(job.clientid(), job.request().target().key(), job));
    } catch (NfsStatusException limit) {
      schedule.giveUp(job);
      throw limit;
    }
    active.put(job.id(), job);
    CopyLog.begin(job.id(), job.request());
    observer.copyStarted(status(job));
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
   * Returns whether the rate of all copies lets a copy begin soon enough for a client to wait for
   * its reply.
   */
  public boolean mayAnswerSoon() {
    return pace.beforeFirst().toNanos() <= SYNCHRONOUS_NANOS_MAX;
  }

  /**
   * Takes on a copy whose client waits for the reply, for a bounded time from its first turn on. It
   * stands in the state table only so that it ends when its client does.
   *
   * @return the bytes copied, all of the range or fewer; not 0 unless the source ends there by now.
   *     Or an error that came before the first byte; later ones are a short count (RFC 7862 section
   *     15.2.3), and the client's next COPY meets them
   * @throws NfsStatusException NFS4ERR_DELAY at one of the limits, and then the files are still the
   *     caller's
   */
  public CompletableFuture<CopyOutcome> copyInTurn(CopyRequest request) throws NfsStatusException {
    if (!mayAnswerSoon() || !schedule.reserveSynchronous(request.client().clientid())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    CompletableFuture<CopyOutcome> answer = new CompletableFuture<>();
    try {
      take(job(request, answer));
    } catch (NfsStatusException limit) {
      // It is stateids that are missing, and not the space on the disk that NOSPC would mean here.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
    return answer;
  }

  private Copier copier(CopyRequest request, long pieceBytesMax) {
    OpenFile target = request.to().file();
    return switch (request.source()) {
      case CopyInput.Here(var _, FileUse use) ->
          copier(use.file(), target, request.range(), pieceBytesMax);
      case CopyInput.Elsewhere(SourceFile file, CopyRules rules) ->
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

  /** Gives threads to the copies whose turn it is; none waits for what a caller has still to do. */
  private void pump(Predicate<Runnable> threads) {
    for (CopyJob job = schedule.next(); job != null; job = schedule.next()) {
      CopyJob next = job;
      if (!threads.test(() -> step(next))) {
        // The pool is closed, or there is no thread: nobody would ever come back for this one.
        schedule.stepped(next);
        next.fail();
        finish(next);
      }
    }
  }

  private void step(CopyJob job) {
    CopyJob.Next next;
    long movedBefore = job.moved();
    job.sinceFirstTurnNanos(env.ticker().nanoTime());
    try {
      // A small call that comes in meanwhile must not wait for a piece.
      job.volume().workInBackground();
      next = job.step();
    } catch (RuntimeException | Error fault) {
      LOG.log(Level.ERROR, () -> "copy " + job.id() + " failed unexpectedly", fault);
      job.fail();
      next = CopyJob.Next.THE_END;
    }
    schedule.stepped(job);
    switch (next) {
      case ANOTHER_PIECE -> anotherPiece(job, job.moved() - movedBefore);
      case A_PAUSE -> resumeAfter(PAUSE, job);
      case A_WAIT -> await(job);
      case THE_END -> finish(job);
    }
    pump(copying::tryExecuteNext);
  }

  private void anotherPiece(CopyJob job, long moved) {
    Duration pause = pace.after(moved);
    long untilNext = job.sinceFirstTurnNanos(env.ticker().nanoTime()) + pause.toNanos();
    if (job.isSynchronous() && untilNext >= SYNCHRONOUS_NANOS_MAX) {
      finish(job);
    } else {
      resumeAfter(pause, job);
    }
  }

  /** Until something of the source has come. What a client waits for is not put off for longer. */
  private void await(CopyJob job) {
    if (job.isSynchronous()) {
      long left = SYNCHRONOUS_NANOS_MAX - job.sinceFirstTurnNanos(env.ticker().nanoTime());
      if (left <= 0 && job.copied() > 0) {
        finish(job);
        return;
      }
      if (job.isFirstWait()) {
        env.timers().schedule(Duration.ofNanos(left), () -> resume(job));
      }
    }
    schedule.backInLine(job, true);
    job.whenReady(() -> resume(job));
    resumeIfStopped(job);
  }

  private void resumeAfter(Duration pause, CopyJob job) {
    schedule.backInLine(job, pause.isPositive());
    if (pause.isPositive()) {
      env.timers().schedule(pause, () -> resume(job));
      resumeIfStopped(job);
    }
  }

  /** Who stopped it during its piece did not find it in the line, and waits for its end. */
  private void resumeIfStopped(CopyJob job) {
    if (job.isStopped()) {
      resume(job);
    }
  }

  private void resume(CopyJob job) {
    schedule.resume(job);
    pump(copying::tryExecute);
  }

  /** The last piece is written. */
  private void finish(CopyJob job) {
    job.quiet().complete(null);
    CompletableFuture<CopyOutcome> answer = job.answer();
    if (answer == null) {
      later(() -> settle(job));
    } else {
      answer(job, answer);
    }
  }

  /** A synchronous copy is not made durable: the client sends COMMIT, as after WRITE. */
  private void answer(CopyJob job, CompletableFuture<CopyOutcome> answer) {
    closeFiles(job);
    CopyOutcome outcome = CopyOutcomes.ofReply(job);
    job.end(null);
    ended(job, false);
    state.offloads().remove(job.stateid());
    answer.complete(outcome);
  }

  /** On a thread that may wait for a disk; when the server ends and has none any more, at once. */
  private void later(Runnable task) {
    if (!syncing.tryExecute(task)) {
      task.run();
    }
  }

  private void settle(CopyJob job) {
    CopyOutcome outcome = job.isAbandoned() ? null : outcomes.madeDurable(job);
    closeFiles(job);
    boolean toBeTold = job.end(outcome);
    ended(job, toBeTold);
    if (toBeTold && outcome != null) {
      report.send(job, outcome);
    }
  }

  /** A fault in here must not keep the copy from ending: its room would never be free again. */
  private static void closeFiles(CopyJob job) {
    try {
      job.closeFiles();
    } catch (RuntimeException | Error fault) {
      LOG.log(Level.ERROR, () -> "copy " + job.id() + " could not close its files", fault);
    }
  }

  /** The stateid is gone: cancelled, its client gone, or told of and forgotten. */
  private void abandoned(CopyJob job) {
    if (schedule.withdraw(job)) {
      job.quiet().complete(null);
      job.end(null);
      later(() -> closeAbandoned(job));
    } else if (job.hasEnded()) {
      told(job);
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

  private static Nfsstat4 finalStatus(CopyJob job) {
    CopyOutcome outcome = job.outcome();
    return (outcome == null ? CopyOutcomes.ofReply(job) : outcome).status();
  }

  private void ended(CopyJob job, boolean toBeTold) {
    active.remove(job.id());
    CopyLog.end(job, env.ticker().nanoTime() - job.startedNanos());
    observer.copyEnded(status(job), job.isAbandoned() ? null : finalStatus(job));
    schedule.ended(job, toBeTold);
    checkIdle();
  }

  /** The client of a copy that had an outcome knows it, or will never know. */
  private void told(CopyJob job) {
    if (job.outcome() != null && job.markTold()) {
      schedule.told(job);
      state.offloads().remove(job.stateid());
      checkIdle();
    }
  }

  /**
   * OFFLOAD_STATUS: a copy of this client into this file.
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
   * OFFLOAD_CANCEL: stops a copy, which tells nobody then.
   *
   * @param principal who asks
   * @return completes when nothing is written any more (copy-conformance X-012)
   * @throws NfsStatusException NFS4ERR_BAD_STATEID; also for another user's copy (RFC 7862 section
   *     4.1.2)
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
   * A client that lost its session before it saw what COPY answered asks again in another one. It
   * cannot know the first copy, nor cancel it, and is not to find it writing into the file when it
   * takes its own for over.
   *
   * @param lives whether a session still exists
   * @throws NfsStatusException NFS4ERR_DELAY while such a copy may still write
   */
  public void endOrphans(CopyRequest request, Predicate<Sessionid4> lives)
      throws NfsStatusException {
    boolean mayWrite = false;
    for (CopyJob job : active.values()) {
      CopyRequest before = job.request();
      if (before.client().clientid() == request.client().clientid()
          && before.target().key().equals(request.target().key())
          && before.range().equals(request.range())
          && before.source().key().equals(request.source().key())
          && !lives.test(before.call().sessionid())) {
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
        .map(this::status)
        .toList();
  }

  private CopyStatus status(CopyJob job) {
    CopyRequest request = job.request();
    long copied = job.copied();
    CopyStatus.State stage =
        job.quiet().isDone()
            ? CopyStatus.State.FINISHING
            : copied == 0 ? CopyStatus.State.QUEUED : CopyStatus.State.RUNNING;
    return new CopyStatus(
        job.id(),
        request.who(),
        request.source().forPeople(),
        request.target().pathForPeople(request.to().file()),
        copied,
        request.range().length(),
        Duration.ofNanos(env.ticker().nanoTime() - job.startedNanos()),
        stage);
  }

  @Override
  public CompletableFuture<Boolean> cancel(long id) {
    CopyJob job = active.get(id);
    if (job == null || job.quiet().isDone()) {
      // What is only being made durable by now is not ended.
      return CompletableFuture.completedFuture(false);
    }
    denied.deny(job.request());
    job.stop(CopyJob.Stop.ADMINISTRATOR);
    resume(job);
    return job.quiet().thenApply(_ -> true);
  }

  /**
   * Ends the copies that may not go on, after the piece that each is at. Nothing of them is made
   * durable, and their clients are told why.
   *
   * @param why what a copy ends with; null for one that goes on
   * @return completes when the files of these copies are closed
   */
  public CompletableFuture<Void> revoke(Function<CopyRequest, @Nullable Nfsstat4> why) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (CopyJob job : active.values()) {
      Nfsstat4 status = why.apply(job.request());
      if (status != null) {
        ends.add(job.closed());
        job.revoke(status);
        resume(job);
      }
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
  }

  /** How many copies have not ended. */
  public int activeCount() {
    return active.size();
  }

  /** How many pieces are being copied now. */
  public int stepsAtOnce() {
    return schedule.steps();
  }

  /** Whether nothing is kept here: no copy, no outcome that its client does not know. */
  public boolean isEmpty() {
    return active.isEmpty() && schedule.lanes() == 0;
  }

  /**
   * The server is about to stop: takes on no more, ends each copy after the piece that it is at,
   * and tells the clients how far they came.
   *
   * @param timeMax how long to wait for their answers
   * @return completes when all have answered, or after that time
   */
  public CompletableFuture<Void> stop(Duration timeMax) {
    stopping = true;
    schedule.close();
    active
        .values()
        .forEach(job -> {
          job.stop(CopyJob.Stop.SHUTDOWN);
          // One that pauses for the sake of the rate might miss the time there is.
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

  /** Ends its threads, after the pieces and syncs that they are at. */
  @Override
  public void close() {
    schedule.close();
    setUps.close();
    copying.close();
    syncing.close();
  }
}
