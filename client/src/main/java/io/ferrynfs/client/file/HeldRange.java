package io.ferrynfs.client.file;

import io.ferrynfs.wire.nfs4.NfsLockType4;

/** A byte range that is locked, or about to be, through one open file. Equal to itself only. */
public final class HeldRange {

  private final long offset;
  private final long length;
  private final boolean shared;

  HeldRange(long offset, long length, boolean shared) {
    this.offset = offset;
    this.length = length;
    this.shared = shared;
  }

  long offset() {
    return offset;
  }

  /** Returns the length in bytes, or {@link ByteRangeLocks#TO_END}. */
  long length() {
    return length;
  }

  boolean overlaps(long otherOffset, long otherLength) {
    return (length == ByteRangeLocks.TO_END || otherOffset - offset < length)
        && (otherLength == ByteRangeLocks.TO_END || offset - otherOffset < otherLength);
  }

  /**
   * Returns the type for LOCK.
   *
   * @param waits whether the server may queue the request and send CB_NOTIFY_LOCK
   */
  NfsLockType4 type(boolean waits) {
    if (shared) {
      return waits ? NfsLockType4.READW_LT : NfsLockType4.READ_LT;
    }
    return waits ? NfsLockType4.WRITEW_LT : NfsLockType4.WRITE_LT;
  }

  /** Returns the range, for people. */
  @Override
  public String toString() {
    return length == ByteRangeLocks.TO_END
        ? "bytes from " + offset + " to the end"
        : length + " bytes from " + offset;
  }
}
