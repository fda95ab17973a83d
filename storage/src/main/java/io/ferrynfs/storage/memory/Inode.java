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
 * An object of a memory volume. Its own lock guards attributes, data and extended attributes; the
 * lock for names, which is taken before it, guards the entries and the parent of a directory.
 */
final class Inode {
  /** What an object is charged with, in bytes, beside its data: about what it takes of the heap. */
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

  /** Null where the volume does not keep it. */
  final @Nullable Instant birth;

  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  final NavigableMap<XattrName, byte[]> xattrs = new TreeMap<>();

  /** Of a regular file. */
  final @Nullable FileData data;

  /** Of a directory. */
  final @Nullable Directory entries;

  /** Of a symbolic link. */
  final byte @Nullable [] target;

  /** Of a directory: the one it is in; of the root itself. */
  Inode parent;

  int mode;

  /** With somebody named in it; its own bits for owner, mask and others are those of the mode. */
  @Nullable PosixAcl acl;

  /** Of a directory: the list that what is made in it gets. */
  @Nullable PosixAcl inherited;

  long uid;
  long gid;
  long nlink;
  long change;
  Instant atime;
  Instant mtime;
  Instant ctime;

  /** Who made this file exclusively, until it is written to. */
  @Nullable Long createVerifier;

  /** Opens of a regular file: it exists while there are any. */
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

  /** What is known of an object before it exists. */
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

    /** The bytes that the object is charged with. */
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

  /** With the lock held: the bytes that the object is charged with. */
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

  /** With the lock held: the list that counts. */
  PosixAcl access() {
    return acl == null ? PosixAcl.ofMode(mode) : acl;
  }

  /** With the lock held: new permission bits, which change the list where there is one. */
  void setMode(int bits) {
    mode = bits;
    acl = acl == null ? null : acl.withMode(bits);
  }

  /** With the lock held: new lists, which change the permission bits. */
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

  /** The change attribute, as that of a directory to which nothing happened. */
  ChangeInfo unchanged() {
    lock.readLock().lock();
    try {
      return new ChangeInfo(change, change, true);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Notes that the entries have changed, and how many directories there are more among them. */
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

  /** Notes that there is a name more or less. */
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

  /** With the lock held: notes that attributes have changed. */
  void attributesChanged(long newChange, Instant now) {
    ctime = now;
    change = newChange;
  }

  /** With the lock held: notes that the data have changed. */
  void dataChanged(boolean bySuperuser, long newChange, Instant now) {
    if (!bySuperuser) {
      clearSetId();
    }
    createVerifier = null;
    mtime = now;
    attributesChanged(newChange, now);
  }

  /** With the lock held: takes away the rights of a program that is no longer what it was. */
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
