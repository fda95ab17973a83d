package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.XattrName;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * An object of a memory volume. Its lock guards attributes, data and extended attributes. The name
 * lock of the volume, which is acquired before it, guards the entries and the parent of a
 * directory.
 */
final class Inode {
  /** The bytes that an object is charged in addition to its data: an estimate of its heap usage. */
  static final long CHARGE = 512;

  private static final long ACL_ENTRY_CHARGE = 100;
  private static final int PERMISSION_BITS = 0777;

  static final int SET_UID = 04000;
  static final int SET_GID = 02000;
  static final int STICKY = 01000;

  private static final int GROUP_EXECUTE = 010;
  private static final int ENTRY_SIZE = 32;

  final long id;
  final FileType type;
  final DeviceNumber rdev;

  /** The time of creation; null if the volume does not store it. */
  final @Nullable Instant birth;

  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  final NavigableMap<XattrName, byte[]> xattrs = new TreeMap<>();

  /** The data of a regular file; null for another type. */
  final @Nullable FileData data;

  /** The entries of a directory; null for another type. */
  final @Nullable Directory entries;

  /** The target of a symbolic link; null for another type. */
  final byte @Nullable [] target;

  /** The parent of a directory. The root is its own parent. */
  Inode parent;

  int mode;

  /**
   * The ACL, if it has named entries. The bits of owner, mask and others in {@link #mode} override
   * those in the ACL.
   */
  @Nullable PosixAcl acl;

  /** The default ACL of a directory. */
  @Nullable PosixAcl inherited;

  long uid;
  long gid;
  long nlink;
  long change;
  Instant atime;
  Instant mtime;
  Instant ctime;

  /** The verifier of an exclusive creation, until the file is written to. */
  @Nullable Long createVerifier;

  /** The number of opens of a regular file. The object exists while it has one. */
  int openCount;

  boolean gone;

  private Inode(Draft draft, long id, long change, Instant now, boolean keepsBirth) {
    this.id = id;
    this.type = draft.type;
    this.rdev = draft.rdev;
    this.data = draft.data;
    this.target = draft.target;
    this.entries = type == FileType.DIRECTORY ? new Directory() : null;
    this.parent = this;
    this.nlink = type == FileType.DIRECTORY ? 2 : 1;
    this.mode = draft.mode;
    this.acl = draft.acl;
    this.inherited = draft.inherited;
    this.uid = draft.uid;
    this.gid = draft.gid;
    this.change = change;
    this.birth = keepsBirth ? now : null;
    this.atime = draft.atime == null ? now : draft.atime;
    this.mtime = draft.mtime == null ? now : draft.mtime;
    this.ctime = now;
    this.createVerifier = draft.createVerifier;
  }

  /** The properties of an object that has not been created yet. */
  static final class Draft {
    final FileType type;
    DeviceNumber rdev = DeviceNumber.NONE;
    @Nullable FileData data;
    byte @Nullable [] target;
    int mode;
    @Nullable PosixAcl acl;
    @Nullable PosixAcl inherited;
    long uid;
    long gid;
    @Nullable Instant atime;
    @Nullable Instant mtime;
    @Nullable Long createVerifier;

    Draft(FileType type) {
      this.type = type;
    }

    /** Returns the bytes that the object is charged. */
    long charge() {
      return Inode.charge(target, acl, inherited);
    }

    Inode toInode(long id, long change, Instant now, boolean keepsBirth) {
      return new Inode(this, id, change, now, keepsBirth);
    }
  }

  boolean isDirectory() {
    return entries != null;
  }

  boolean isSymlink() {
    return target != null;
  }

  /** Returns the bytes that the object is charged. The caller holds the lock. */
  long charge() {
    return charge(target, acl, inherited);
  }

  static long charge(
      byte @Nullable [] target, @Nullable PosixAcl acl, @Nullable PosixAcl inherited) {
    long named = acl == null ? 0 : acl.namedCount();
    named += inherited == null ? 0 : inherited.namedCount();
    return CHARGE + (target == null ? 0 : target.length) + named * ACL_ENTRY_CHARGE;
  }

  @Nullable PosixAcl inheritedNow() {
    lock.readLock().lock();
    try {
      return inherited;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Returns the effective ACL. The caller holds the lock. */
  PosixAcl access() {
    return acl == null ? PosixAcl.ofMode(mode) : acl;
  }

  /** Sets the permission bits, which also change an existing ACL. The caller holds the lock. */
  void setMode(int bits) {
    mode = bits;
    acl = acl == null ? null : acl.withMode(bits);
  }

  /** Sets the ACLs, which also change the permission bits. The caller holds the lock. */
  void setAcls(Acls acls) {
    mode = (mode & ~PERMISSION_BITS) | acls.access().mode();
    acl = acls.access().isMinimal() ? null : acls.access();
    inherited = acls.inherited();
  }

  Attributes attributes() {
    lock.readLock().lock();
    try {
      return new Attributes(
          type,
          mode,
          nlink,
          uid,
          gid,
          size(),
          data == null ? 0 : data.spaceUsed(),
          id,
          0,
          rdev,
          atime,
          mtime,
          ctime,
          birth,
          change);
    } finally {
      lock.readLock().unlock();
    }
  }

  private long size() {
    if (data != null) {
      return data.size();
    }
    if (target != null) {
      return target.length;
    }
    return isDirectory() ? (nlink - 2) * ENTRY_SIZE : 0;
  }

  /** Returns the change attribute as the result of a call that did not change the directory. */
  ChangeInfo unchanged() {
    lock.readLock().lock();
    try {
      return new ChangeInfo(change, change, true);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Records a change of the entries, and the difference in the number of subdirectories. */
  ChangeInfo entriesChanged(int directoriesMore, long newChange, Instant now) {
    lock.writeLock().lock();
    try {
      long before = change;
      nlink += directoriesMore;
      mtime = now;
      ctime = now;
      change = newChange;
      return new ChangeInfo(before, change, true);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Records a change of the number of links. */
  void linksChanged(int more, long newChange, Instant now) {
    lock.writeLock().lock();
    try {
      nlink += more;
      ctime = now;
      change = newChange;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Records a change of attributes. The caller holds the lock. */
  void attributesChanged(long newChange, Instant now) {
    ctime = now;
    change = newChange;
  }

  /** Records a change of the data. The caller holds the lock. */
  void dataChanged(boolean bySuperuser, long newChange, Instant now) {
    if (!bySuperuser) {
      clearSetId();
    }
    createVerifier = null;
    mtime = now;
    attributesChanged(newChange, now);
  }

  /** Clears the set-id bits because the program has changed. The caller holds the lock. */
  void clearSetId() {
    if (isDirectory()) {
      return;
    }
    mode &= ~SET_UID;
    if ((mode & GROUP_EXECUTE) != 0) {
      mode &= ~SET_GID;
    }
  }
}
