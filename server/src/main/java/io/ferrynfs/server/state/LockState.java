package io.ferrynfs.server.state;

import io.ferrynfs.wire.xdr.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * The lock stateid of one lock-owner on one open (RFC 8881 sections 8.2.1, 9.5). READ and WRITE use
 * it like its open: it has the same access and ends with it. It exists, even without locks, until
 * FREE_STATEID or CLOSE.
 */
final class LockState extends StateEntry {
  private final OpenState open;
  private final OwnerKey owner;
  private final FileLocks locks;
  private final long number;
  private int ranges;

  LockState(OpenState open, OwnerKey owner, FileLocks locks, Opaque other, long number) {
    super(open.clientid(), open.file(), other);
    this.locks = locks;
    this.number = number;
    this.open = open;
    this.owner = owner;
  }

  OpenState open() {
    return open;
  }

  OwnerKey owner() {
    return owner;
  }

  /** Returns a unique number, which orders lock stateids. */
  long number() {
    return number;
  }

  /** Returns the number of ranges that this stateid locks. */
  int ranges() {
    return ranges;
  }

  void rangesChanged(int more) {
    ranges += more;
  }

  @Override
  Kind kind() {
    return Kind.LOCK;
  }

  @Override
  @Nullable SharedFile reader() {
    return open.reader();
  }

  @Override
  @Nullable SharedFile writer() {
    return open.writer();
  }

  @Override
  long openedBy() {
    return open.openedBy();
  }

  @Override
  boolean leavesTrace() {
    return true;
  }

  @Override
  void detach() {
    open.children().remove(this);
    locks.remove(this);
  }

  /**
   * Does nothing, because {@link StateRegistry#release} wakes the requests that wait for the
   * ranges.
   */
  @Override
  void release() {}
}
