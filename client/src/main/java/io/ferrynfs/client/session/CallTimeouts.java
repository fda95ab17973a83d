package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The time-outs of calls, and their failures. */
final class CallTimeouts {

  private static final int LONG_FACTOR = 10;
  private static final int STEADY_PART = 6;

  /** NFS4ERR_GRACE during a grace period is no lack of progress. */
  static final int GRACE_FACTOR = 3;

  /** Longer than the longest pause before a delayed call is sent again. */
  private static final Duration PUT_OFF_FORGOTTEN = Duration.ofSeconds(10);

  /** After this silence a client without a time-out checks whether the connection is alive. */
  private static final Duration USUAL = Duration.ofSeconds(60);

  private final long usualNanos;
  private final boolean isForEver;

  CallTimeouts(Duration progressTimeout) {
    this.isForEver = isForEver(progressTimeout);
    this.usualNanos = usual(progressTimeout).toNanos();
  }

  private static boolean isForEver(Duration progressTimeout) {
    return progressTimeout.compareTo(SessionOptions.FOREVER) >= 0;
  }

  /** Returns the silence after which this client ends the connection, if not the call. */
  static Duration usual(Duration progressTimeout) {
    return isForEver(progressTimeout) ? USUAL : progressTimeout;
  }

  /** Returns the maximum duration of any call. */
  static Duration longest(Duration progressTimeout) {
    return usual(progressTimeout).multipliedBy(LONG_FACTOR);
  }

  /** Returns whether calls wait for a silent server without a time-out. */
  boolean isForEver() {
    return isForEver;
  }

  /** Returns the duration after which a connection counts as established. */
  long steadyNanos() {
    return usualNanos / STEADY_PART;
  }

  /** Returns whether a silence is so long that this client connects again. */
  boolean isSilence(long nanos) {
    return nanos > usualNanos;
  }

  /** Returns whether a call in a slot has timed out. */
  boolean isLate(SessionCall call, CallGate gate, ProgressTracker progress, long now) {
    return gate == CallGate.SHUT
        ? isOver(now - Math.max(call.submittedNanos, progress.disconnectedSinceNanos()))
        : isOverWaiting(call, waited(call, now - call.sentNanos, progress, now));
  }

  /**
   * Returns whether a call without a slot has timed out. Waiting for a slot while other calls get
   * replies is no lack of progress.
   */
  boolean isLateInBacklog(SessionCall call, CallGate gate, ProgressTracker progress, long now) {
    boolean queued = gate == CallGate.OPEN && call.lastStatus == Nfsstat4.NFS4_OK;
    long since =
        queued ? Math.max(call.submittedNanos, progress.lastReplyNanos()) : call.submittedNanos;
    return switch (gate) {
      case SHUT -> isLate(call, gate, progress, now);
      case RECOVERY_ONLY -> isOverRecovering(call, now - since);
      case OPEN -> isOverWaiting(call, waited(call, now - since, progress, now));
    };
  }

  /**
   * Returns how long a call has waited. A delayed call has waited as long as the server has delayed
   * the operation in all calls, after a short attempt of its own.
   */
  private long waited(SessionCall call, long nanos, ProgressTracker progress, long now) {
    return call.lastStatus != Nfsstat4.NFS4_OK && nanos > steadyNanos()
        ? Math.max(nanos, progress.delayNanos(call, now))
        : nanos;
  }

  /** Returns a tracker of the operations that the server delays. */
  DelayTracker delays() {
    return new DelayTracker(Math.max(usualNanos, PUT_OFF_FORGOTTEN.toNanos()));
  }

  /** Returns whether a time without a connection is too long. */
  private boolean isOver(long nanos) {
    return nanos > usualNanos;
  }

  /** Returns whether a time without a reply is too long for a call. */
  private boolean isOver(SessionCall call, long nanos) {
    long factor = call.compound.timeout() == Compound.Timeout.LONG ? LONG_FACTOR : 1;
    if (call.lastStatus == Nfsstat4.NFS4ERR_GRACE) {
      factor = Math.max(factor, GRACE_FACTOR);
    }
    return nanos > factor * usualNanos;
  }

  /**
   * Returns whether a wait for recovery is too long. Opens that could not be reclaimed are opened
   * again after the server's grace period.
   */
  private boolean isOverRecovering(SessionCall call, long nanos) {
    return nanos > GRACE_FACTOR * usualNanos && isOver(call, nanos);
  }

  /**
   * Returns whether a time without execution is too long. A call delayed by NFS4ERR_DELAY does not
   * count as long running (K-017).
   */
  private boolean isOverWaiting(SessionCall call, long nanos) {
    return call.lastStatus == Nfsstat4.NFS4ERR_DELAY ? nanos > usualNanos : isOver(call, nanos);
  }

  /**
   * Returns whether a call counts as stalled. A long-running call does not while there is a
   * connection, nor does a call that waits for a slot.
   */
  boolean isWaiting(SessionCall call, CallGate gate) {
    if (!call.hasOperations()) {
      return false;
    }
    boolean mayTakeLong = call.compound.timeout() == Compound.Timeout.LONG;
    boolean isQueued = call.slot == SessionCall.NO_SLOT;
    return gate == CallGate.SHUT
        || call.lastStatus != Nfsstat4.NFS4_OK
        || (gate == CallGate.RECOVERY_ONLY && isQueued)
        || (!isQueued && !mayTakeLong);
  }

  /** Returns why calls wait, for people. */
  String reason(CallGate gate, Nfsstat4 said, String trouble) {
    if (gate == CallGate.SHUT) {
      return trouble;
    }
    return switch (said) {
      case NFS4ERR_DELAY -> "the server is busy";
      case NFS4ERR_GRACE -> "the server has restarted and waits for its clients";
      default ->
          gate == CallGate.RECOVERY_ONLY
              ? "the server has restarted, and files are opened there again"
              : "the server does not answer";
    };
  }

  /**
   * Returns the failure of a call that timed out.
   *
   * @param trouble why there is no connection, null if there is one
   */
  CallException timedOut(SessionCall call, @Nullable CallException trouble) {
    long seconds = Duration.ofNanos(usualNanos).toSeconds();
    if (trouble != null) {
      return CallException.of(
          trouble.kind(), "no connection for " + seconds + " s: " + trouble.words());
    }
    if (call.lastStatus != Nfsstat4.NFS4_OK) {
      return CallException.delayed(
          call.lastStatus,
          "the server has answered " + call.lastStatus + " for more than " + seconds + " s");
    }
    return CallException.of(Kind.TIMED_OUT, "the server has not answered for " + seconds + " s");
  }
}
