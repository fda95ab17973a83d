package io.ferrynfs.client.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.OffloadStatus4Args;
import io.ferrynfs.wire.nfs4.OffloadStatus4Res;
import io.ferrynfs.wire.nfs4.OffloadStatus4Resok;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Waits for one asynchronous copy of a server (RFC 7862 section 4.4).
 *
 * <p>CB_OFFLOAD reports the end of the copy. Because a callback may be lost (B40, K-024), the
 * client also sends OFFLOAD_STATUS in intervals and after every reconnection. The first report
 * counts (S-016). A server that does not know the stateid, or assigned another client id, has lost
 * the copy. A copy without progress for longer than the maximum duration of a call is cancelled. So
 * the wait ends in every case.
 */
public final class OffloadedCopy implements PendingOffloads.Listener {

  /** Receives the progress of the copy. */
  public interface Observer {
    /** Returns the interval of OFFLOAD_STATUS; zero for the default. */
    Duration every();

    /** Returns whether the progress is watched. */
    boolean isWatched();

    /** Reports the number of bytes copied. */
    void copied(long bytes);

    /** Reports that the copy will fail, after an attempt to cancel it. */
    void hopeless(CallException why);
  }

  /**
   * The copy, from the reply to its COPY.
   *
   * @param to the destination
   * @param stateid wr_callback_id
   * @param bytes the number of bytes requested
   * @param verifier wr_writeverf
   */
  public record Copy(RemoteOpenFile to, Stateid4 stateid, long bytes, Verifier4 verifier) {}

  private enum State {
    WAITING,
    STOPPING,
    ENDED
  }

  private static final int CANCEL_ATTEMPTS_MAX = 5;
  private static final int STATUS_AT = 1;
  private static final Duration HINTS_APART = Duration.ofMillis(100);

  /** The lowest rate for which the timeout allows. */
  private static final long SLOWEST_BYTES_PER_SECOND = 10 << 20;

  private final PendingOffloads offloads;
  private final Env env;
  private final ServerSession session;
  private final Copy copy;
  private final Observer observer;
  private final PollingSchedule polling;
  private final long clientid;
  private final CompletableFuture<OffloadEnd> ended = new CompletableFuture<>();

  private final Object lock = new Object();

  @GuardedBy("lock")
  private State state = State.WAITING;

  @GuardedBy("lock")
  private @Nullable Cancellable timer;

  @GuardedBy("lock")
  private boolean statusPending;

  @GuardedBy("lock")
  private boolean isHintTaken;

  @GuardedBy("lock")
  private long lastStatusNanos;

  @GuardedBy("lock")
  private boolean isTimingOut;

  @GuardedBy("lock")
  private long bytesKnown;

  @GuardedBy("lock")
  private long progressNanos;

  @GuardedBy("lock")
  private CallException stopReason = CallException.of(Kind.CANCELLED, "the copy was cancelled");

  private OffloadedCopy(PendingOffloads offloads, Copy copy, Observer observer) {
    this.offloads = offloads;
    this.env = offloads.env();
    this.session = copy.to().files().session();
    this.copy = copy;
    this.observer = observer;
    this.polling =
        new PollingSchedule(
            Duration.ofSeconds(copy.to().files().limits().leaseSeconds()), observer);
    this.clientid = session.clientid();
    this.progressNanos = env.ticker().nanoTime();
    this.lastStatusNanos = progressNanos - HINTS_APART.toNanos();
  }

  /** Starts to wait. Must be called while the reply to the COPY is handled. */
  public static OffloadedCopy begin(PendingOffloads offloads, Copy copy, Observer observer) {
    OffloadedCopy made = new OffloadedCopy(offloads, copy, observer);
    OffloadInfo4 early = offloads.add(copy.stateid(), made);
    if (early != null) {
      made.calledBack(early);
    } else if (offloads.isHintedEarly()) {
      made.sendStatus();
    } else {
      made.scheduleStatus();
    }
    return made;
  }

  /** Returns the end of the copy. Fails if the outcome is unknown, or the copy was cancelled. */
  public CompletableFuture<OffloadEnd> ended() {
    return ended;
  }

  /** Cancels the copy at the server, in the background. */
  public void cancel() {
    stop(CallException.of(Kind.CANCELLED, "the copy was cancelled"), CANCEL_ATTEMPTS_MAX);
  }

  @Override
  public NfsFh4 file() {
    return copy.to().handle();
  }

  @Override
  public CompletableFuture<Void> close() {
    stop(CallException.of(Kind.CLOSED, "the client was closed"), 1);
    return ended.handle((end, failure) -> null);
  }

  @Override
  public void superseded() {
    end(new OffloadEnd.Unknown("the server reused the stateid for another copy"));
  }

  @Override
  public void reconnected() {
    if (session.clientid() != clientid) {
      // RFC 7862 section 4.8: a stateid of an earlier incarnation is invalid.
      end(new OffloadEnd.Unknown("the server restarted"));
    } else {
      sendStatus();
    }
  }

  @Override
  public void hinted() {
    synchronized (lock) {
      if (state != State.WAITING || isHintTaken) {
        return;
      }
      // A pending reply may be older than the hint. Hints are rate-limited because a server may
      // send any number.
      isHintTaken = true;
      if (!statusPending) {
        cancelTimer();
        long sinceNanos = env.ticker().nanoTime() - lastStatusNanos;
        long pauseNanos = Math.max(0, HINTS_APART.toNanos() - sinceNanos);
        timer = env.timers().schedule(Duration.ofNanos(pauseNanos), this::sendStatus);
      }
    }
  }

  @Override
  public void calledBack(OffloadInfo4 info) {
    CallException unwanted = null;
    synchronized (lock) {
      if (state == State.STOPPING) {
        // Linux sends CB_OFFLOAD after OFFLOAD_CANCEL, too. It reports the end of a copy without
        // progress as well.
        state = isTimingOut ? State.WAITING : State.ENDED;
        unwanted = isTimingOut ? null : stopReason;
      }
    }
    if (unwanted != null) {
      ended.completeExceptionally(unwanted);
      return;
    }
    switch (info) {
      case OffloadInfo4.Ok(WriteResponse4 response) -> {
        // W-017: there is no further copy to wait for.
        if (response.callbackId() != null) {
          fail(protocol("CB_OFFLOAD announced a further callback"));
        } else {
          copied(
              "CB_OFFLOAD",
              response.count(),
              response.committed() != StableHow4.UNSTABLE4,
              response.writeverf());
        }
      }
      case OffloadInfo4.Failed(Nfsstat4 status, long bytes) ->
          end(new OffloadEnd.Failed(status, isPossible(bytes) ? bytes : 0));
    }
  }

  private boolean isPossible(long bytes) {
    return bytes >= 0 && bytes <= copy.bytes();
  }

  private void copied(String operation, long bytes, boolean stable, Verifier4 verifier) {
    // B-015: clamping the number would hide an error of the server.
    if (isPossible(bytes)) {
      end(new OffloadEnd.Copied(bytes, stable, verifier));
    } else {
      fail(
          protocol(
              operation
                  + " reported "
                  + Long.toUnsignedString(bytes)
                  + " bytes of a copy of "
                  + copy.bytes()));
    }
  }

  private static CallException protocol(String what) {
    return CallException.of(Kind.PROTOCOL, what);
  }

  private void end(OffloadEnd how) {
    if (endWaiting()) {
      ended.complete(how);
    }
  }

  private void fail(CallException why) {
    if (endWaiting()) {
      ended.completeExceptionally(why);
    }
  }

  /** Ends the waiting. Returns false if it had already ended. */
  private boolean endWaiting() {
    synchronized (lock) {
      if (state != State.WAITING) {
        return false;
      }
      state = State.ENDED;
      cancelTimer();
    }
    offloads.remove(copy.stateid(), this);
    return true;
  }

  @GuardedBy("lock")
  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void scheduleStatus() {
    synchronized (lock) {
      if (state == State.WAITING) {
        cancelTimer();
        timer = env.timers().schedule(isHintTaken ? HINTS_APART : polling.next(), this::sendStatus);
      }
    }
  }

  private void sendStatus() {
    boolean stalled;
    synchronized (lock) {
      if (state != State.WAITING || statusPending) {
        return;
      }
      cancelTimer();
      statusPending = true;
      isHintTaken = false;
      lastStatusNanos = env.ticker().nanoTime();
      stalled = env.ticker().nanoTime() - progressNanos > progressTimeout().toNanos();
    }
    if (stalled) {
      timeOut();
    } else if (copy.to().isUnsupported(NfsOpnum4.OP_OFFLOAD_STATUS)) {
      rescheduleStatus();
    } else {
      Compound compound =
          Compound.of(
                  CompoundOps.put(file()),
                  new NfsArgop4.OffloadStatus(new OffloadStatus4Args(copy.stateid())))
              .build();
      // S-015: the status of this call does not trigger recovery.
      var _ = session.attempt(compound).whenComplete(this::statusReceived);
    }
  }

  /** Returns the permitted time without progress: that of a call, and time for the bytes left. */
  @GuardedBy("lock")
  private Duration progressTimeout() {
    return session
        .longestCall()
        .plusSeconds((copy.bytes() - bytesKnown) / SLOWEST_BYTES_PER_SECOND);
  }

  private void rescheduleStatus() {
    synchronized (lock) {
      statusPending = false;
    }
    scheduleStatus();
  }

  private void statusReceived(@Nullable Results results, @Nullable Throwable failure) {
    if (results == null) {
      statusUnanswered(CallFailures.call(failure == null ? new IllegalStateException() : failure));
    } else if (results.results().size() <= STATUS_AT) {
      putfhFailed(results);
    } else if (results.results().get(STATUS_AT)
        instanceof NfsResop4.OffloadStatus(OffloadStatus4Res res)) {
      switch (res) {
        case OffloadStatus4Res.Ok(OffloadStatus4Resok ok) -> status(ok);
        case OffloadStatus4Res.Failed(Nfsstat4 status) -> statusFailed(status);
      }
    } else {
      statusFailed(results.status());
    }
  }

  private void status(OffloadStatus4Resok ok) {
    Nfsstat4 complete = ok.complete();
    if (complete == Nfsstat4.NFS4_OK) {
      // C-036, B9: this reply has no verifier, so the verifier of the COPY reply counts.
      copied("OFFLOAD_STATUS", ok.count(), false, copy.verifier());
      return;
    }
    if (complete != null) {
      end(new OffloadEnd.Failed(complete, isPossible(ok.count()) ? ok.count() : 0));
      return;
    }
    boolean further = false;
    synchronized (lock) {
      if (state == State.WAITING && isPossible(ok.count()) && ok.count() > bytesKnown) {
        bytesKnown = ok.count();
        progressNanos = env.ticker().nanoTime();
        further = true;
      }
    }
    if (further) {
      observer.copied(ok.count());
    }
    rescheduleStatus();
  }

  private void statusFailed(Nfsstat4 status) {
    switch (status) {
      // S-006, S-014: the server does not know the copy.
      case NFS4ERR_BAD_STATEID,
          NFS4ERR_OLD_STATEID,
          NFS4ERR_STALE_STATEID,
          NFS4ERR_EXPIRED,
          NFS4ERR_ADMIN_REVOKED,
          NFS4ERR_COMPLETE_ALREADY ->
          end(new OffloadEnd.Unknown("the server no longer knows the copy: " + status));
      case NFS4ERR_NOTSUPP, NFS4ERR_OP_ILLEGAL -> {
        copy.to().addUnsupported(NfsOpnum4.OP_OFFLOAD_STATUS);
        rescheduleStatus();
      }
      // S-005: this error does not concern the copy.
      default -> rescheduleStatus();
    }
  }

  /** Handles the failure of PUTFH. */
  private void putfhFailed(Results results) {
    switch (results.status()) {
      case NFS4ERR_STALE, NFS4ERR_FHEXPIRED -> fail(results.failure());
      default -> rescheduleStatus();
    }
  }

  private void statusUnanswered(CallException failure) {
    if (failure.kind() == Kind.CLOSED) {
      fail(failure);
    } else if (failure.kind() == Kind.UNREACHABLE || failure.kind() == Kind.TIMED_OUT) {
      // Only one attempt to cancel, because the server does not answer.
      observer.hopeless(failure);
      stop(failure, 1);
    } else {
      rescheduleStatus();
    }
  }

  private void timeOut() {
    String why;
    synchronized (lock) {
      why = "the server's copy made no progress for " + progressTimeout().toSeconds() + " s";
    }
    CallException unstopped =
        CallException.of(Kind.TIMED_OUT, why + ", and the server did not cancel it");
    if (beginStop(unstopped, true)) {
      var _ =
          OffloadCancellation.of(offloads, copy.to(), copy.stateid(), CANCEL_ATTEMPTS_MAX)
              .thenAccept(confirmed -> {
                // K-030: the copy may be retried only after the server has stopped writing.
                if (confirmed) {
                  stopped(() -> ended.complete(new OffloadEnd.Silent(why)));
                } else {
                  stopped(() -> ended.completeExceptionally(unstopped));
                }
              });
    }
  }

  private void stop(CallException outcome, int attemptsMax) {
    if (beginStop(outcome, false)) {
      var _ =
          OffloadCancellation.of(offloads, copy.to(), copy.stateid(), attemptsMax)
              .thenAccept(confirmed -> stopped(() -> ended.completeExceptionally(outcome)));
    }
  }

  private boolean beginStop(CallException outcome, boolean forTimeout) {
    synchronized (lock) {
      if (state != State.WAITING) {
        return false;
      }
      state = State.STOPPING;
      stopReason = outcome;
      isTimingOut = forTimeout;
      cancelTimer();
      return true;
    }
  }

  private void stopped(Runnable conclusion) {
    synchronized (lock) {
      state = State.ENDED;
    }
    offloads.remove(copy.stateid(), this);
    conclusion.run();
  }
}
