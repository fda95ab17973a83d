package ferry.client.session;

import ferry.client.session.CallException.Kind;
import ferry.wire.nfs4.Nfsstat4;
import java.time.Duration;

/** How long a call may wait, and what is said when it has waited too long. */
final class Patience {

  private static final int LONG_FACTOR = 10;

  /** A server in its grace period says so until that is over, which is no lack of progress. */
  private static final int GRACE_FACTOR = 3;

  private final long usualNanos;

  Patience(Duration progressTimeout) {
    this.usualNanos = progressTimeout.toNanos();
  }

  /** The longest time that any call may take. */
  static Duration longest(Duration progressTimeout) {
    return progressTimeout.multipliedBy(LONG_FACTOR);
  }

  /** Whether so much time without a connection is too much. */
  boolean isOver(long nanos) {
    return nanos > usualNanos;
  }

  /** Whether so much time without an answer is too much for this call. */
  boolean isOver(PendingCall call, long nanos) {
    long factor = call.compound.patience() == Compound.Patience.LONG ? LONG_FACTOR : 1;
    if (call.lastStatus == Nfsstat4.NFS4ERR_GRACE) {
      factor = Math.max(factor, GRACE_FACTOR);
    }
    return nanos > factor * usualNanos;
  }

  /**
   * Whether so much time behind the recovery of the opens is too much: what could not be reclaimed
   * is opened anew when the server's grace period is over.
   */
  boolean isOverRecovering(PendingCall call, long nanos) {
    return nanos > GRACE_FACTOR * usualNanos && isOver(call, nanos);
  }

  /**
   * Whether so much time without being executed is too much: a call that the server has put off by
   * NFS4ERR_DELAY is not one that takes long (copy-conformance K-017).
   */
  boolean isOverWaiting(PendingCall call, long nanos) {
    return call.lastStatus == Nfsstat4.NFS4ERR_DELAY ? nanos > usualNanos : isOver(call, nanos);
  }

  /**
   * The failure.
   *
   * @param trouble why there is no connection, empty if there is one
   */
  CallException timedOut(PendingCall call, String trouble) {
    long seconds = Duration.ofNanos(usualNanos).toSeconds();
    if (!trouble.isEmpty()) {
      return CallException.of(Kind.UNREACHABLE, "no connection for " + seconds + " s: " + trouble);
    }
    if (call.lastStatus != Nfsstat4.NFS4_OK) {
      return CallException.putOff(
          call.lastStatus,
          "the server has answered " + call.lastStatus + " for more than " + seconds + " s");
    }
    return CallException.of(Kind.TIMED_OUT, "the server has not answered for " + seconds + " s");
  }
}
