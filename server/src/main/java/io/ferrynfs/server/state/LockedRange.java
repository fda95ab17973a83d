package io.ferrynfs.server.state;

/**
 * A locked range. It is immutable: splitting or merging a lock creates other ranges.
 *
 * @param holder the stateid that last locked it (RFC 8881 section 9.5)
 * @param range the bytes
 * @param exclusive WRITE_LT, not READ_LT
 */
record LockedRange(LockState holder, ByteRange range, boolean exclusive) {

  /** Returns whether this conflicts with a lock of an owner. */
  boolean conflicts(OwnerKey owner, ByteRange wanted, boolean wantsExclusive) {
    return (exclusive || wantsExclusive) && range.overlaps(wanted) && !holder.owner().equals(owner);
  }

  LockConflict asConflict() {
    return new LockConflict(holder.clientid(), holder.owner().owner(), range, exclusive);
  }

  /** Returns whether an adjacent lock of this kind merges with this one. */
  boolean isLike(LockState state, boolean asExclusive) {
    return holder == state && exclusive == asExclusive;
  }
}
