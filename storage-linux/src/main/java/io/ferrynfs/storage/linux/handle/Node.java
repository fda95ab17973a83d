package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.Statx;

/**
 * The object of a call: an O_PATH descriptor, which neither opens the file nor triggers an
 * automount, and the attributes at the time of the lookup. Confined to one thread.
 */
public final class Node implements AutoCloseable {
  private static final int RESOLVE =
      Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_MAGICLINKS | Flags.RESOLVE_NO_XDEV;

  private final int fd;
  private final Handle handle;
  private final Statx statx;
  private boolean closed;

  public Node(int fd, Handle handle, Statx statx) {
    this.fd = fd;
    this.handle = handle;
    this.statx = statx;
  }

  public int fd() {
    return fd;
  }

  public Handle handle() {
    return handle;
  }

  public Statx statx() {
    return statx;
  }

  /** Returns the key of the object in the change clock. */
  public long changeKey() {
    return changeKey(statx);
  }

  public static long changeKey(Statx statx) {
    return statx.inode() ^ Long.rotateLeft(statx.filesystem(), 40);
  }

  /**
   * Returns an O_PATH descriptor of a directory entry, or {@code -errno}. The name is a single
   * component and not {@code ..}; a symlink is not followed. EXDEV means a mount point and nothing
   * else. Such a name does not need RESOLVE_BENEATH, and with it the kernel would also return EXDEV
   * for an entry that a concurrent rename moves to another directory.
   */
  public static int openEntry(int dirFd, byte[] name) {
    return OpenCalls.openat2(dirFd, name, Flags.O_PATH | Flags.O_NOFOLLOW, 0, RESOLVE);
  }

  /**
   * Returns an O_PATH descriptor of a path beneath a directory. The path crosses no mount and no
   * symlink. EXDEV may also mean that a rename kept the kernel from proving this.
   */
  public static int openPath(int dirFd, byte[] path) {
    return OpenCalls.openat2(
        dirFd, path, Flags.O_PATH | Flags.O_NOFOLLOW, 0, RESOLVE | Flags.RESOLVE_BENEATH);
  }

  /**
   * Opens the object with other flags than O_PATH. The object was found before, so ENOENT means
   * ESTALE: FUSE returns it for an object that has lost its last name since.
   */
  public int reopen(int flags) throws StorageException {
    int opened = OpenCalls.reopen(fd, flags);
    if (opened == -Errno.ENOENT) {
      throw new StorageException(Status.STALE);
    }
    return ErrnoStatus.check(opened);
  }

  /** Returns the attributes of a descriptor. */
  public static Statx statxOf(int fd) throws StorageException {
    AttributeCalls.StatxResult result = AttributeCalls.statx(fd);
    if (result.errno() != 0) {
      throw ErrnoStatus.of(result.errno());
    }
    return result.statx();
  }

  /** Fails with SYMLINK or NOT_DIRECTORY if this is not a directory. */
  public Node asDirectory() throws StorageException {
    if (statx.isDirectory()) {
      return this;
    }
    throw new StorageException(
        statx.format() == Flags.S_IFLNK ? Status.SYMLINK : Status.NOT_DIRECTORY);
  }

  /** Fails with IS_DIRECTORY, SYMLINK or WRONG_TYPE if this is not a regular file. */
  public Node asRegular() throws StorageException {
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
