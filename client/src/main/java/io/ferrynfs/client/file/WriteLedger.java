package io.ferrynfs.client.file;

import io.ferrynfs.wire.nfs4.Verifier4;
import org.jspecify.annotations.Nullable;

/**
 * What has been written and is not yet known to be durable. A verifier other than the one before
 * says that the server restarted in between and may have lost it (RFC 8881 section 18.3.3). Safe
 * for threads.
 */
final class WriteLedger {

  private @Nullable Verifier4 verifier;
  private long unstableWrites;
  private long committedWrites;
  private boolean lost;

  /** A WRITE or COPY was answered UNSTABLE4. */
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

  /** How far a COMMIT sent now will reach: the writes answered so far. */
  synchronized long mark() {
    return unstableWrites;
  }

  /** A COMMIT sent at a mark was answered. */
  synchronized void committed(long mark, Verifier4 answered) {
    if (!answered.equals(verifier)) {
      lost |= unstableWrites > committedWrites;
      verifier = answered;
      committedWrites = Math.max(committedWrites, mark);
      return;
    }
    committedWrites = Math.max(committedWrites, mark);
  }

  /** Whether data was lost since last asked. */
  synchronized boolean takeLost() {
    boolean was = lost;
    lost = false;
    return was;
  }
}
