package ferry.storage;

import org.jspecify.annotations.Nullable;

/**
 * Which attributes to set, and to what; null leaves one as it is (or, in a new object, at its
 * default).
 *
 * @param mode the twelve permission bits
 * @param uid new owner, 0 to 2^32-1
 * @param gid new group, 0 to 2^32-1
 * @param size new length in bytes of a regular file; what is added reads as zeros
 * @param atime access time
 * @param mtime modification time
 */
public record AttributeChanges(
    @Nullable Integer mode,
    @Nullable Long uid,
    @Nullable Long gid,
    @Nullable Long size,
    @Nullable TimeChange atime,
    @Nullable TimeChange mtime) {

  /** Nothing to set. */
  public static final AttributeChanges NONE =
      new AttributeChanges(null, null, null, null, null, null);

  public AttributeChanges {
    if (mode != null && (mode & ~07777) != 0) {
      throw new IllegalArgumentException("mode 0" + Integer.toOctalString(mode));
    }
    checkId(uid);
    checkId(gid);
  }

  private static void checkId(@Nullable Long id) {
    if (id != null && id >>> 32 != 0) {
      throw new IllegalArgumentException("id " + id);
    }
  }

  public static AttributeChanges ofMode(int mode) {
    return NONE.withMode(mode);
  }

  public static AttributeChanges ofSize(long size) {
    return NONE.withSize(size);
  }

  public AttributeChanges withMode(int value) {
    return new AttributeChanges(value, uid, gid, size, atime, mtime);
  }

  public AttributeChanges withUid(long value) {
    return new AttributeChanges(mode, value, gid, size, atime, mtime);
  }

  public AttributeChanges withGid(long value) {
    return new AttributeChanges(mode, uid, value, size, atime, mtime);
  }

  public AttributeChanges withSize(long value) {
    return new AttributeChanges(mode, uid, gid, value, atime, mtime);
  }

  public AttributeChanges withoutSize() {
    return new AttributeChanges(mode, uid, gid, null, atime, mtime);
  }

  public AttributeChanges withAtime(TimeChange value) {
    return new AttributeChanges(mode, uid, gid, size, value, mtime);
  }

  public AttributeChanges withMtime(TimeChange value) {
    return new AttributeChanges(mode, uid, gid, size, atime, value);
  }

  /** Whether there is nothing to set. */
  public boolean isEmpty() {
    return equals(NONE);
  }
}
