package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;

/**
 * An object that a call works on: an O_PATH descriptor, so that nothing is opened or triggered by
 * having it, and the attributes of the moment when it was found. Belongs to one thread.
 */
final class Node implements AutoCloseable {
  private static final int RESOLVE =
      Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_MAGICLINKS | Flags.RESOLVE_NO_XDEV;

  private final int fd;
  private final Handle handle;
  private final Statx statx;
  private boolean closed;

  Node(int fd, Handle handle, Statx statx) {
    this.fd = fd;
    this.handle = handle;
    this.statx = statx;
  }

  int fd() {
    return fd;
  }

  Handle handle() {
    return handle;
  }

  Statx statx() {
    return statx;
  }

  /** What the change clock knows the object by. */
  long changeKey() {
    return changeKey(statx);
  }

  static long changeKey(Statx statx) {
    return statx.inode() ^ Long.rotateLeft(statx.filesystem(), 40);
  }

  /**
   * An O_PATH descriptor of an entry of a directory, by a name of one component that is not {@code
   * ..}; a symlink is itself what is opened. Or {@code -errno}: EXDEV for a mount point, and for
   * nothing else. So without RESOLVE_BENEATH, which such a name does not need, and under which an
   * entry that a rename takes to another directory just then is EXDEV, too.
   */
  static int openEntry(int dirFd, byte[] name) {
    return OpenCalls.openat2(dirFd, name, Flags.O_PATH | Flags.O_NOFOLLOW, 0, RESOLVE);
  }

  /**
   * The same by a path beneath a directory: never outside of it, on no other mount, through no
   * symlink. EXDEV also when a rename keeps the kernel from proving that.
   */
  static int openPath(int dirFd, byte[] path) {
    return OpenCalls.openat2(
        dirFd, path, Flags.O_PATH | Flags.O_NOFOLLOW, 0, RESOLVE | Flags.RESOLVE_BENEATH);
  }

  /**
   * Opens the object in another way than O_PATH. It was found, so where a filesystem says ENOENT of
   * what has lost its last name since (FUSE does), that means what ESTALE means.
   */
  int reopen(int flags) throws StorageException {
    int opened = OpenCalls.reopen(fd, flags);
    if (opened == -Errno.ENOENT) {
      throw new StorageException(Status.STALE);
    }
    return Errors.check(opened);
  }

  /** The attributes of a descriptor. */
  static Statx statxOf(int fd) throws StorageException {
    AttributeCalls.StatxResult result = AttributeCalls.statx(fd);
    if (result.errno() != 0) {
      throw Errors.of(result.errno());
    }
    return result.statx();
  }

  /** Fails with SYMLINK or NOT_DIRECTORY when this is no directory. */
  Node asDirectory() throws StorageException {
    if (statx.isDirectory()) {
      return this;
    }
    throw new StorageException(
        statx.format() == Flags.S_IFLNK ? Status.SYMLINK : Status.NOT_DIRECTORY);
  }

  /** Fails with IS_DIRECTORY, SYMLINK or WRONG_TYPE when this is no regular file. */
  Node asRegular() throws StorageException {
    if (statx.isRegular()) {
      return this;
    }
    throw new StorageException(
        switch (statx.format()) {
          case Flags.S_IFDIR -> Status.IS_DIRECTORY;
          case Flags.S_IFLNK -> Status.SYMLINK;
          default -> Status.WRONG_TYPE;
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      OpenCalls.close(fd);
    }
  }
}
