package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a call may wait, and what is said when it has waited too long. */
final class CallTimeouts {

  private static final int LONG_FACTOR = 10;
  private static final int STEADY_PART = 6;

  /** A server in its grace period says so until that is over, which is no lack of progress. */
  static final int GRACE_FACTOR = 3;

  /** Longer than the longest pause before a call that was put off is sent again. */
  private static final Duration PUT_OFF_FORGOTTEN = Duration.ofSeconds(10);

  /** What is usual of a client that waits for ever: when it looks whether the connection lives. */
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

  /** The time after which a connection without an answer is given up, if not the call. */
  static Duration usual(Duration progressTimeout) {
    return isForEver(progressTimeout) ? USUAL : progressTimeout;
  }

  /** The longest time that any call may take. */
  static Duration longest(Duration progressTimeout) {
    return usual(progressTimeout).multipliedBy(LONG_FACTOR);
  }

  /** Whether a server that does not answer is waited for as long as it takes. */
  boolean isForEver() {
    return isForEver;
  }

  /** How long a connection must have stood to be one. */
  long steadyNanos() {
    return usualNanos / STEADY_PART;
  }

  /** Whether a server from which nothing has come for so long is to be connected to anew. */
  boolean isSilence(long nanos) {
    return nanos > usualNanos;
  }

  /** Whether a call in a slot, whose last transmission may be of an earlier connection, is late. */
  boolean isLate(SessionCall call, CallGate gate, ProgressTracker headway, long now) {
    return gate == CallGate.SHUT
        ? isOver(now - Math.max(call.submittedNanos, headway.shutSinceNanos()))
        : isOverWaiting(call, waited(call, now - call.sentNanos, headway, now));
  }

  /**
   * Likewise without a slot. StallNotice for one while others get answers is no lack of progress.
   */
  boolean isLateInBacklog(SessionCall call, CallGate gate, ProgressTracker headway, long now) {
    boolean queued = gate == CallGate.OPEN && call.lastStatus == Nfsstat4.NFS4_OK;
    long since =
        queued ? Math.max(call.submittedNanos, headway.lastReplyNanos()) : call.submittedNanos;
    return switch (gate) {
      case SHUT -> isLate(call, gate, headway, now);
      case RECOVERY_ONLY -> isOverRecovering(call, now - since);
      case OPEN -> isOverWaiting(call, waited(call, now - since, headway, now));
    };
  }

  /**
   * For how long a call has waited. One that the server puts off has done so since the server has
   * answered no other call of the kind, once it has had a short try of its own.
   */
  private long waited(SessionCall call, long nanos, ProgressTracker headway, long now) {
    return call.lastStatus != Nfsstat4.NFS4_OK && nanos > steadyNanos()
        ? Math.max(nanos, headway.putOffNanos(call, now))
        : nanos;
  }

  /** To count over the calls that the server puts off. */
  DelayTracker putOffs() {
    return new DelayTracker(Math.max(usualNanos, PUT_OFF_FORGOTTEN.toNanos()));
  }

  /** Whether so much time without a connection is too much. */
  private boolean isOver(long nanos) {
    return nanos > usualNanos;
  }

  /** Whether so much time without an answer is too much for this call. */
  private boolean isOver(SessionCall call, long nanos) {
    long factor = call.compound.timeout() == Compound.Timeout.LONG ? LONG_FACTOR : 1;
    if (call.lastStatus == Nfsstat4.NFS4ERR_GRACE) {
      factor = Math.max(factor, GRACE_FACTOR);
    }
    return nanos > factor * usualNanos;
  }

  /**
   * Whether so much time behind the recovery of the opens is too much: what could not be reclaimed
   * is opened anew when the server's grace period is over.
   */
  private boolean isOverRecovering(SessionCall call, long nanos) {
    return nanos > GRACE_FACTOR * usualNanos && isOver(call, nanos);
  }

  /**
   * Whether so much time without being executed is too much: a call that the server has put off by
   * NFS4ERR_DELAY is not one that takes long (copy-conformance K-017).
   */
  private boolean isOverWaiting(SessionCall call, long nanos) {
    return call.lastStatus == Nfsstat4.NFS4ERR_DELAY ? nanos > usualNanos : isOver(call, nanos);
  }

  /**
   * Whether a call is one that people wait for. One that may take long does not count while there
   * is a connection, nor does one that waits for a slot only.
   */
  boolean isWaiting(SessionCall call, CallGate gate) {
    if (!call.isWaitedFor()) {
      return false;
    }
    boolean mayTakeLong = call.compound.timeout() == Compound.Timeout.LONG;
    boolean isQueued = call.slot == SessionCall.NO_SLOT;
    return gate == CallGate.SHUT
        || call.lastStatus != Nfsstat4.NFS4_OK
        || (gate == CallGate.RECOVERY_ONLY && isQueued)
        || (!isQueued && !mayTakeLong);
  }

  /** Why calls wait. */
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
   * The failure.
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
      return CallException.putOff(
          call.lastStatus,
          "the server has answered " + call.lastStatus + " for more than " + seconds + " s");
    }
    return CallException.of(Kind.TIMED_OUT, "the server has not answered for " + seconds + " s");
  }
}
