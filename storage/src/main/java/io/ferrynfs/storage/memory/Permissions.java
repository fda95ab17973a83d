package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.EnumSet;
import java.util.Set;

/** The POSIX permission checks against the mode bits and the ACL of an object. */
final class Permissions {
  static final int READ = 4;
  static final int WRITE = 2;
  static final int EXECUTE = 1;

  private static final int ANY_EXECUTE = 0111;

  private Permissions() {}

  /**
   * Checks the wanted permissions.
   *
   * @throws StorageException ACCESS if a permission is not granted
   */
  static void require(Caller caller, Inode inode, int wanted) throws StorageException {
    if (!allows(caller, inode, wanted)) {
      throw new StorageException(Status.ACCESS);
    }
  }

  /**
   * Checks that the caller is the owner or the superuser.
   *
   * @throws StorageException PERMISSION otherwise
   */
  static void requireOwner(Caller caller, Inode inode) throws StorageException {
    if (!owns(caller, inode)) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  /** Checks the permission to remove or rename an entry: write, search and the sticky bit. */
  static void requireRemove(Caller caller, Inode directory, Inode victim) throws StorageException {
    require(caller, directory, WRITE | EXECUTE);
    if ((attributesMode(directory) & Inode.STICKY) != 0
        && !owns(caller, victim)
        && !owns(caller, directory)) {
      throw new StorageException(Status.PERMISSION);
    }
  }

  static boolean owns(Caller caller, Inode inode) {
    return caller.isSuperuser() || caller.uid() == inode.attributes().uid();
  }

  /** Returns whether all of the permissions are granted. */
  static boolean allows(Caller caller, Inode inode, int wanted) {
    inode.lock.readLock().lock();
    try {
      if (caller.isSuperuser()) {
        // The superuser may execute a file only if at least one execute bit is set.
        return (wanted & EXECUTE) == 0 || inode.isDirectory() || (inode.mode & ANY_EXECUTE) != 0;
      }
      return inode.access().allows(caller, inode.uid, inode.gid, wanted);
    } finally {
      inode.lock.readLock().unlock();
    }
  }

  static Set<AccessRight> rights(Caller caller, Inode inode) {
    Set<AccessRight> rights = EnumSet.noneOf(AccessRight.class);
    boolean read = allows(caller, inode, READ);
    boolean write = allows(caller, inode, WRITE);
    boolean execute = allows(caller, inode, EXECUTE);
    add(rights, AccessRight.READ, read);
    if (inode.isDirectory()) {
      add(rights, AccessRight.LOOKUP, execute);
      boolean modify = allows(caller, inode, WRITE | EXECUTE);
      add(rights, AccessRight.MODIFY, modify);
      add(rights, AccessRight.EXTEND, modify);
      add(rights, AccessRight.DELETE, modify);
    } else {
      add(rights, AccessRight.MODIFY, write);
      add(rights, AccessRight.EXTEND, write);
      add(rights, AccessRight.EXECUTE, execute);
    }
    add(rights, AccessRight.XATTR_READ, read);
    add(rights, AccessRight.XATTR_LIST, read);
    if (inode.isDirectory() || inode.data != null) {
      add(rights, AccessRight.XATTR_WRITE, write);
    }
    return rights;
  }

  private static void add(Set<AccessRight> rights, AccessRight right, boolean granted) {
    if (granted) {
      rights.add(right);
    }
  }

  private static int attributesMode(Inode inode) {
    return inode.attributes().mode();
  }
}
