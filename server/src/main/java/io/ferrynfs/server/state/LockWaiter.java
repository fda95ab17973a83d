package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A LOCK that was denied, and whose client said that it will ask again until it is not. */
final class LockWaiter {
  private final OpenState open;
  private final OwnerKey owner;
  private final ByteRange range;
  private final boolean exclusive;
  private @Nullable Consumer<Opaque> notice;
  private long askedNanos;

  /** Whether the range is kept for it, and until when. */
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

  /** It has asked again in vain; what was kept for it, others have got in some other way. */
  void asked(long nowNanos, @Nullable Consumer<Opaque> how) {
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

  /** Whether this, when its turn has come, keeps another owner from a lock. */
  boolean conflicts(OwnerKey other, ByteRange wanted, boolean wantsExclusive) {
    return (exclusive || wantsExclusive) && range.overlaps(wanted) && !owner.equals(other);
  }

  LockConflict asConflict() {
    return new LockConflict(owner.clientid(), owner.owner(), range, exclusive);
  }
}
