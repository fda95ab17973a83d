package io.ferrynfs.server.state;

import io.ferrynfs.wire.nfs4.Stateid4;

/** The result of a LOCK. */
public sealed interface LockOutcome {
  /** The range is locked. The stateid is the current one of the lock-owner. */
  record Granted(Stateid4 stateid) implements LockOutcome {}

  /** A lock of another owner conflicts. */
  record Denied(LockConflict conflict) implements LockOutcome {}
}
