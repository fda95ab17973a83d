package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/** What a LOCK that was not refused came to. */
public sealed interface LockOutcome {
  /** The range is locked; the stateid is the lock-owner's as it is now. */
  record Granted(Stateid4 stateid) implements LockOutcome {}

  /** Another lock-owner's lock is in the way. */
  record Denied(LockConflict conflict) implements LockOutcome {}
}
