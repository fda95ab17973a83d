package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A denied LOCK whose client polls until it gets the lock. */
final class LockWaiter {
  private final OpenState open;
  private final OwnerKey owner;
  private final ByteRange range;
  private final boolean exclusive;
  private @Nullable Consumer<Opaque> notice;
  private long askedNanos;

  /** Whether the range is reserved for it. */
  private boolean reserved;

  private long untilNanos;

  LockWaiter(OpenState open, OwnerKey owner, ByteRange range, boolean exclusive) {
    this.open = open;
    this.owner = owner;
    this.range = range;
    this.exclusive = exclusive;
  }

  OpenState open() {
    return open;
  }

  OwnerKey owner() {
    return owner;
  }

  ByteRange range() {
    return range;
  }

  boolean exclusive() {
    return exclusive;
  }

  boolean isSame(OwnerKey otherOwner, ByteRange otherRange, boolean otherExclusive) {
    return exclusive == otherExclusive && range.equals(otherRange) && owner.equals(otherOwner);
  }

  /** Records another denied request. Another owner has locked the reserved range. */
  void denied(long nowNanos, @Nullable Consumer<Opaque> how) {
    askedNanos = nowNanos;
    notice = how;
    reserved = false;
  }

  long askedNanos() {
    return askedNanos;
  }

  @Nullable Consumer<Opaque> notice() {
    return notice;
  }

  boolean isReserved() {
    return reserved;
  }

  long untilNanos() {
    return untilNanos;
  }

  void reserve(long until) {
    reserved = true;
    untilNanos = until;
  }

  /** Returns whether a reservation of this request conflicts with a lock of another owner. */
  boolean conflicts(OwnerKey other, ByteRange wanted, boolean wantsExclusive) {
    return (exclusive || wantsExclusive) && range.overlaps(wanted) && !owner.equals(other);
  }

  LockConflict asConflict() {
    return new LockConflict(owner.clientid(), owner.owner(), range, exclusive);
  }
}
