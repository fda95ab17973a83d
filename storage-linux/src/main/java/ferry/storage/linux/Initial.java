package ferry.storage.linux;

import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.Status;
import ferry.storage.StorageException;

/**
 * What a new object is to have. Ids of -1 are left to the kernel, which gives those of the caller,
 * or the process's own, and the directory's group where that is the rule.
 *
 * @param mode all twelve bits
 * @param byDefaultAcl whether the directory has a default access control list, which then bounds
 *     the permission bits of what is made in it (acl(5)); what was made has them already
 */
record Initial(int uid, int gid, int mode, boolean byDefaultAcl, AttributeChanges changes) {

  /**
   * Decides owner, group and mode by what was asked and by the directory; fails with PERMISSION if
   * the caller may not have it so.
   */
  static Initial of(
      Permissions permissions,
      Caller caller,
      Node directory,
      AttributeChanges changes,
      int defaultMode,
      boolean makesDirectory)
      throws StorageException {
    Statx parent = directory.statx();
    boolean inheritsGroup = (parent.mode() & 02000) != 0;
    Integer askedMode = changes.mode();
    int mode = askedMode == null ? defaultMode : askedMode;
    Long askedUid = changes.uid();
    Long askedGid = changes.gid();
    Permissions.checkId(askedUid);
    Permissions.checkId(askedGid);
    boolean byDefaultAcl = Acls.hasDefault(directory.fd());
    if (!permissions.enforcedHere()) {
      return new Initial(
          askedUid == null ? -1 : askedUid.intValue(),
          askedGid == null ? -1 : askedGid.intValue(),
          makesDirectory && inheritsGroup ? mode | 02000 : mode,
          byDefaultAcl,
          changes);
    }
    Permissions.checkId(caller.uid());
    Permissions.checkId(caller.gid());
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
        byDefaultAcl,
        changes);
  }

  /** Gives an object that was just made what it lacks; the mode is not for symlinks. */
  void apply(int fd, boolean hasMode) throws StorageException {
    Statx made = Node.statxOf(fd);
    boolean chown = (uid != -1 && uid != made.uid()) || (gid != -1 && gid != made.gid());
    if (chown) {
      Errors.check(AttributeCalls.chown(fd, uid, gid));
    }
    int wanted = byDefaultAcl ? (mode & 07000) | (made.mode() & 0777) : mode;
    // After chown, which clears the set-id bits.
    if (hasMode && (chown || (made.mode() & 07777) != wanted)) {
      Errors.check(AttributeCalls.chmod(fd, wanted));
    }
    AttributeWork.setTimes(fd, changes);
  }
}
