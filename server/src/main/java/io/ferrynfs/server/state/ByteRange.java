package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * A range of bytes of a file. The offsets are unsigned. A range to the end of a file of any size
 * has {@link #END} as its last byte.
 *
 * @param first offset of the first byte
 * @param last offset of the last byte, not less than the first
 */
public record ByteRange(long first, long last) {
  /** NFS4_UINT64_MAX, as the last byte and as the length of a range to the end of the file. */
  public static final long END = -1L;

  /**
   * Returns the range of a LOCK, LOCKT or LOCKU.
   *
   * @param offset unsigned, in bytes
   * @param length unsigned, in bytes; {@link #END} for the rest of the file
   * @throws NfsStatusException NFS4ERR_INVAL for an empty range or one beyond the largest offset
   *     (RFC 8881 section 18.10.3)
   */
  public static ByteRange of(long offset, long length) throws NfsStatusException {
    if (length == 0 || (length != END && Long.compareUnsigned(length, ~offset) > 0)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    return new ByteRange(offset, length == END ? END : offset + length - 1);
  }

  /** Returns the length in its wire form. */
  public long length() {
    return last == END ? END : last - first + 1;
  }

  boolean overlaps(ByteRange other) {
    return !isBefore(other) && !other.isBefore(this);
  }

  /** Returns whether this range ends before the other begins. */
  boolean isBefore(ByteRange other) {
    return Long.compareUnsigned(last, other.first) < 0;
  }

  /** Returns whether the other range begins with the byte after this one. */
  boolean precedes(ByteRange other) {
    return last != END && last + 1 == other.first;
  }
}
