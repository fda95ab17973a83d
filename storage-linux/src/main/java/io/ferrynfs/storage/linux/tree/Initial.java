package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Statx;
import io.ferrynfs.storage.linux.handle.Node;
import org.jspecify.annotations.Nullable;

/**
 * The initial attributes of a new object. An id of -1 is left to the kernel, which assigns that of
 * the caller or of the process, or the group of a set-group-id directory.
 *
 * @param mode all twelve bits
 * @param inherits whether the directory has a default ACL
 */
public record Initial(int uid, int gid, int mode, boolean inherits, AttributeChanges changes) {

  /**
   * Determines owner, group and mode from the request and the directory; fails with PERMISSION if
   * the caller may not set them.
   */
  public static Initial of(
      CallerPermissions permissions,
      Caller caller,
      Node directory,
      AttributeChanges changes,
      int defaultMode,
      boolean makesDirectory)
      throws StorageException {
    Statx parent = directory.statx();
    boolean inheritsGroup = (parent.mode() & 02000) != 0;
    Integer askedMode = changes.mode();
    PosixAcl inherited = AclLists.inherited(directory.fd());
    int mode = mode(askedMode == null ? defaultMode : askedMode, inherited, changes);
    boolean inherits = inherited != null;
    Acls acls = changes.acls();
    if (acls != null && acls.inherited() != null && !makesDirectory) {
      throw new StorageException(Status.INVALID, "a default ACL needs a directory");
    }
    Long askedUid = changes.uid();
    Long askedGid = changes.gid();
    CallerPermissions.checkId(askedUid);
    CallerPermissions.checkId(askedGid);
    if (!permissions.enforcedHere()) {
      return new Initial(
          askedUid == null ? -1 : askedUid.intValue(),
          askedGid == null ? -1 : askedGid.intValue(),
          makesDirectory && inheritsGroup ? mode | 02000 : mode,
          inherits,
          changes);
    }
    CallerPermissions.checkId(caller.uid());
    CallerPermissions.checkId(caller.gid());
    long defaultGid = inheritsGroup ? Integer.toUnsignedLong(parent.gid()) : caller.gid();
    if (!caller.isSuperuser()) {
      boolean foreignUid = askedUid != null && askedUid != caller.uid();
      boolean foreignGid =
          askedGid != null && askedGid != defaultGid && !caller.isInGroup(askedGid);
      if (foreignUid || foreignGid) {
        throw new StorageException(Status.PERMISSION);
      }
    }
    int uid = (int) (askedUid == null ? caller.uid() : askedUid);
    int gid = (int) (askedGid == null ? defaultGid : askedGid);
    int permitted = permissions.permittedMode(caller, mode, gid, makesDirectory);
    return new Initial(
        uid,
        gid,
        makesDirectory && inheritsGroup ? permitted | 02000 : permitted,
        inherits,
        changes);
  }

  /** Returns the requested mode, restricted by the inherited ACL or by the umask. */
  private static int mode(int asked, @Nullable PosixAcl inherited, AttributeChanges changes) {
    if (changes.acls() != null) {
      return asked;
    }
    return inherited == null
        ? asked & ~changes.umask()
        : (asked & ~0777) | (asked & inherited.mode());
  }

  /**
   * Sets the missing attributes of a new object.
   *
   * @param hasMode false for a symlink
   */
  public void apply(int fd, boolean hasMode) throws StorageException {
    Statx made = Node.statxOf(fd);
    boolean chown = (uid != -1 && uid != made.uid()) || (gid != -1 && gid != made.gid());
    if (chown) {
      ErrnoStatus.check(AttributeCalls.chown(fd, uid, gid));
    }
    Acls acls = changes.acls();
    if (hasMode && acls != null) {
      AclLists.set(fd, made, acls);
      made = Node.statxOf(fd);
    }
    // After chown, which clears the set-id bits. ACLs without a mode determine the mode.
    boolean chmod = hasMode && (acls == null || changes.mode() != null);
    if (chmod && (chown || (made.mode() & 07777) != mode)) {
      ErrnoStatus.check(AttributeCalls.chmod(fd, mode));
    }
    AttributeWork.setTimes(fd, changes);
  }
}
