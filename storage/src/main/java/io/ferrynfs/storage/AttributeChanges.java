package io.ferrynfs.storage;

import org.jspecify.annotations.Nullable;

/**
 * The attributes to set and their new values. A null component keeps the attribute, or leaves it at
 * its default in a new object.
 *
 * @param mode the twelve permission bits, 0 to 07777
 * @param uid new owner, 0 to 2^32-1
 * @param gid new group, 0 to 2^32-1
 * @param size new length of a regular file in bytes; a range that is added reads as zeros
 * @param atime new access time
 * @param mtime new modification time
 * @param acls new access control lists; if a mode is set as well, it is applied to these lists
 * @param umask permission bits, 0 to 0777, that are removed from the mode of a new object; ignored
 *     if the directory has a default ACL, as RFC 8275 section 5 requires
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

  /** An empty set of changes. */
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

  /** Returns changes that set the twelve permission bits only. */
  public static AttributeChanges ofMode(int mode) {
    return NONE.withMode(mode);
  }

  /** Returns changes that set the length in bytes only. */
  public static AttributeChanges ofSize(long size) {
    return NONE.withSize(size);
  }

  /** Returns these changes with other permission bits. */
  public AttributeChanges withMode(int value) {
    return new AttributeChanges(value, uid, gid, size, atime, mtime, acls, umask);
  }

  /** Returns these changes with another owner. */
  public AttributeChanges withUid(long value) {
    return new AttributeChanges(mode, value, gid, size, atime, mtime, acls, umask);
  }

  /** Returns these changes with another group. */
  public AttributeChanges withGid(long value) {
    return new AttributeChanges(mode, uid, value, size, atime, mtime, acls, umask);
  }

  /** Returns these changes with another length in bytes. */
  public AttributeChanges withSize(long value) {
    return new AttributeChanges(mode, uid, gid, value, atime, mtime, acls, umask);
  }

  /** Returns these changes without a length. */
  public AttributeChanges withoutSize() {
    return new AttributeChanges(mode, uid, gid, null, atime, mtime, acls, umask);
  }

  /** Returns these changes without permission bits. */
  public AttributeChanges withoutMode() {
    return new AttributeChanges(null, uid, gid, size, atime, mtime, acls, umask);
  }

  /** Returns these changes with another access time. */
  public AttributeChanges withAtime(TimeChange value) {
    return new AttributeChanges(mode, uid, gid, size, value, mtime, acls, umask);
  }

  /** Returns these changes with another modification time. */
  public AttributeChanges withMtime(TimeChange value) {
    return new AttributeChanges(mode, uid, gid, size, atime, value, acls, umask);
  }

  /** Returns these changes with other access control lists. */
  public AttributeChanges withAcls(Acls value) {
    return new AttributeChanges(mode, uid, gid, size, atime, mtime, value, umask);
  }

  /** Returns these changes with another umask. */
  public AttributeChanges withUmask(int value) {
    return new AttributeChanges(mode, uid, gid, size, atime, mtime, acls, value);
  }

  /** Returns whether these changes set no attribute. */
  public boolean isEmpty() {
    return equals(NONE);
  }
}
