package io.ferrynfs.server.state;

/**
 * A range that is locked. It never changes: a lock that is split or merged becomes other ranges.
 *
 * @param holder the stateid that it was locked by last (RFC 8881 section 9.5)
 * @param range the bytes
 * @param exclusive WRITE_LT, not READ_LT
 */
record LockedRange(LockState holder, ByteRange range, boolean exclusive) {

  /** Whether this keeps another owner from a lock. */
  boolean conflicts(OwnerKey owner, ByteRange wanted, boolean wantsExclusive) {
    return (exclusive || wantsExclusive) && range.overlaps(wanted) && !holder.owner().equals(owner);
  }

  LockConflict asConflict() {
    return new LockConflict(holder.clientid(), holder.owner().owner(), range, exclusive);
  }

  /** Whether a lock like this one would be the same lock if it touched this one. */
  boolean isLike(LockState state, boolean asExclusive) {
    return holder == state && exclusive == asExclusive;
  }
}
