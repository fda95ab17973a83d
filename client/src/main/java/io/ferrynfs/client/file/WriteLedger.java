package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.wire.nfs4.Verifier4;
import org.jspecify.annotations.Nullable;

/**
 * Tracks writes that are not known to be durable. A change of the verifier means that the server
 * restarted and may have lost them (RFC 8881 section 18.3.3). Safe for use by several threads.
 */
final class WriteLedger {

  @GuardedBy("this")
  private @Nullable Verifier4 verifier;

  @GuardedBy("this")
  private long unstableWrites;

  @GuardedBy("this")
  private long committedWrites;

  @GuardedBy("this")
  private boolean lost;

  /** Records a WRITE or COPY that returned UNSTABLE4. */
  synchronized void unstable(Verifier4 answered) {
    if (verifier != null && !verifier.equals(answered) && unstableWrites > committedWrites) {
      lost = true;
    }
    verifier = answered;
    unstableWrites++;
  }

  synchronized boolean needsCommit() {
    return unstableWrites > committedWrites;
  }

  /** Returns the number of writes that a COMMIT sent now covers. */
  synchronized long mark() {
    return unstableWrites;
  }

  /** Records the reply to a COMMIT that was sent at a mark. */
  synchronized void committed(long mark, Verifier4 answered) {
    if (!answered.equals(verifier)) {
      lost |= unstableWrites > committedWrites;
      verifier = answered;
      committedWrites = Math.max(committedWrites, mark);
      return;
    }
    committedWrites = Math.max(committedWrites, mark);
  }

  /** Returns whether data was lost since the last call. */
  synchronized boolean takeLost() {
    boolean was = lost;
    lost = false;
    return was;
  }
}
