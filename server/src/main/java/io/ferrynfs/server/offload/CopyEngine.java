package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Env;
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
import io.ferrynfs.server.state.OffloadTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadStatus4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The copies of this server: accepts, lists, cancels and revokes them.
 *
 * <p>The {@link CopyRunner} copies them piece by piece, and the {@link CopyCompletion} ends them. A
 * copy is in the {@link CopySchedule} or at a thread, and the thread that removes it from there
 * decides what follows. So a cancellation, the end of the client, the end of the server and the end
 * of the copy may occur in any order. A synchronous copy is scheduled in the same way without
 * blocking a thread. Its reply is sent after its last piece. So a client gains nothing by
 * preferring one kind of copy.
 *
 * <p>The {@link OffloadTable} has the stateid of each copy. Its removal from there abandons the
 * copy.
 */
public final class CopyEngine implements CopyDirectory, AutoCloseable {
  private final Env env;
  private final CopyLimits limits;
  private final OffloadTable stateids;
  private final Observer observer;
  private final CopySchedule schedule;
  private final CopyPace pace;
  private final ActiveCopies active;
  private final CopyCompletion completion;
  private final CopyRunner runner;
  private final DeniedCopies denied;
  private final CopySetUps setUps;
  private final SmallCopies small;
  private final AtomicLong ids = new AtomicLong();
  private final CopyBytes bytes = new CopyBytes();

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
      OffloadTable stateids,
      WriteVerifier writeVerifier,
      Observer observer) {
    this.env = env;
    this.observer = observer;
    this.limits = limits;
    this.stateids = stateids;
    this.schedule = new CopySchedule(limits);
    this.active = new ActiveCopies(schedule);
    this.pace = new CopyPace(env.ticker(), limits.bytesPerSecondMax());
    this.denied = new DeniedCopies(env.ticker(), lease);
    this.completion =
        new CopyCompletion(
            env, limits, lease, rules, writeVerifier, stateids, active, schedule, observer);
    this.runner = new CopyRunner(env, limits, schedule, pace, completion::finish);
    this.setUps = new CopySetUps(env, limits.sources());
    this.small = new SmallCopies(env.ticker(), limits, ids::incrementAndGet, bytes, pace);
  }

  /** Returns whether the administrator has cancelled such a copy of this client recently. */
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
      if (active.isStopping()) {
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
      job.register(stateids.add(job.clientid(), job.request().target().key(), job));
    } catch (NfsStatusException limit) {
      schedule.release(job);
      throw limit;
    }
    active.add(job);
    CopyLog.begin(job.id(), job.request());
    observer.copyStarted(job.status(env.ticker().nanoTime()));
    if (active.isStopping()) {
      job.stop(CopyJob.Stop.SHUTDOWN);
    }
    runner.begin(job);
  }

  /**
   * Returns whether the rate limit lets a copy begin soon enough for a client that waits for the
   * reply.
   */
  public boolean mayAnswerSoon() {
    return runner.mayAnswerSoon();
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

  /**
   * Handles the removal of the stateid: the copy was cancelled or its client was removed. A piece
   * that is running ends the copy.
   */
  private void abandoned(CopyJob job) {
    if (schedule.withdraw(job)) {
      completion.finish(job);
    } else {
      completion.forget(job);
    }
  }

  /**
   * Returns the progress of a copy of this client into this file (OFFLOAD_STATUS).
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID
   */
  public OffloadStatus4Resok progress(long clientid, FileKey target, Stateid4 stateid)
      throws NfsStatusException {
    CopyJob job = find(clientid, target, stateid);
    CopyOutcome outcome = job.outcome();
    return outcome == null
        ? new OffloadStatus4Resok(job.copied(), null)
        : new OffloadStatus4Resok(outcome.bytes(), outcome.status());
  }

  /**
   * Cancels a copy (OFFLOAD_CANCEL). Its client receives no CB_OFFLOAD.
   *
   * @param principal the principal of the request
   * @return completes when the server no longer writes to the target
   * @throws NfsStatusException NFS4ERR_BAD_STATEID; also for the copy of another user (RFC 7862
   *     section 4.1.2)
   */
  public CompletableFuture<Void> cancel(
      long clientid, FileKey target, Stateid4 stateid, Principal principal)
      throws NfsStatusException {
    CopyJob job = find(clientid, target, stateid);
    if (!job.request().principal().sameUser(principal) || !stateids.remove(job.stateid())) {
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
    for (CopyJob job : active.all()) {
      CopyRequest before = job.request();
      if (before.client().clientid() == request.client().clientid()
          && before.target().key().equals(request.target().key())
          && before.range().equals(request.range())
          && before.source().key().equals(request.source().key())
          && !exists.test(before.call().sessionid())) {
        stateids.remove(job.stateid());
        mayWrite |= !job.quiet().isDone();
      }
    }
    if (mayWrite) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  private CopyJob find(long clientid, FileKey target, Stateid4 stateid) throws NfsStatusException {
    if (stateids.find(clientid, target, stateid) instanceof CopyJob job) {
      return job;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Override
  public List<CopyStatus> copies() {
    return active.all().stream()
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
    runner.resume(job);
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
    for (CopyJob job : active.all()) {
      Nfsstat4 status = statusOf.apply(job.request());
      if (status != null) {
        ends.add(job.closed());
        job.revoke(status);
        runner.resume(job);
      }
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
  }

  /** Returns the number of copies that have not ended. */
  public int activeCount() {
    return active.count();
  }

  /** Returns the number of pieces that are being copied now. */
  public int stepsAtOnce() {
    return schedule.steps();
  }

  /** Returns whether there is no copy and no outcome that a client does not know. */
  public boolean isEmpty() {
    return active.isIdle();
  }

  /**
   * Stops the engine. It accepts no further copy, ends each copy after its current piece, and
   * reports the progress to the clients.
   *
   * @param timeMax the maximum time to wait for the clients' replies
   * @return completes when all clients have replied, or after that time
   */
  public CompletableFuture<Void> stop(Duration timeMax) {
    schedule.close();
    CompletableFuture<Void> idle = active.stop();
    for (CopyJob job : active.all()) {
      job.stop(CopyJob.Stop.SHUTDOWN);
      // A copy that pauses for the rate limit could miss the deadline.
      runner.resume(job);
    }
    if (!idle.isDone()) {
      env.timers().schedule(timeMax, () -> idle.complete(null));
    }
    return idle;
  }

  /** Stops the threads after their current pieces and syncs. */
  @Override
  public void close() {
    schedule.close();
    setUps.close();
    runner.close();
    completion.close();
  }
}
