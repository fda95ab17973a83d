package io.ferrynfs.storage;

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
 * @param acls access control lists; a mode that is set with them is applied to them
 * @param umask permission bits that a new object does not get of its mode, unless its directory has
 *     a list for it to inherit, which says more exactly what is wanted
 */
public record AttributeChanges(
    @Nullable Integer mode,
    @Nullable Long uid,
    @Nullable Long gid,
    @Nullable Long size,
    @Nullable TimeChange atime,
    @Nullable TimeChange mtime,
    @Nullable Acls acls,
    int umask) {

  /** Nothing to set. */
  public static final AttributeChanges NONE =
      new AttributeChanges(null, null, null, null, null, null, null, 0);

  public AttributeChanges {
    if (mode != null && (mode & ~07777) != 0) {
      throw new IllegalArgumentException("mode 0" + Integer.toOctalString(mode));
    }
    if ((umask & ~0777) != 0) {
      throw new IllegalArgumentException("umask 0" + Integer.toOctalString(umask));
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
    return new AttributeChanges(value, uid, gid, size, atime, mtime, acls, umask);
  }

  public AttributeChanges withUid(long value) {
    return new AttributeChanges(mode, value, gid, size, atime, mtime, acls, umask);
  }

  public AttributeChanges withGid(long value) {
    return new AttributeChanges(mode, uid, value, size, atime, mtime, acls, umask);
  }

  public AttributeChanges withSize(long value) {
    return new AttributeChanges(mode, uid, gid, value, atime, mtime, acls, umask);
  }

  public AttributeChanges withoutSize() {
    return new AttributeChanges(mode, uid, gid, null, atime, mtime, acls, umask);
  }

  public AttributeChanges withoutMode() {
    return new AttributeChanges(null, uid, gid, size, atime, mtime, acls, umask);
  }

  public AttributeChanges withAtime(TimeChange value) {
    return new AttributeChanges(mode, uid, gid, size, value, mtime, acls, umask);
  }

  public AttributeChanges withMtime(TimeChange value) {
    return new AttributeChanges(mode, uid, gid, size, atime, value, acls, umask);
  }

  public AttributeChanges withAcls(Acls value) {
    return new AttributeChanges(mode, uid, gid, size, atime, mtime, value, umask);
  }

  public AttributeChanges withUmask(int value) {
    return new AttributeChanges(mode, uid, gid, size, atime, mtime, acls, value);
  }

  /** Whether there is nothing to set. */
  public boolean isEmpty() {
    return equals(NONE);
  }
}
