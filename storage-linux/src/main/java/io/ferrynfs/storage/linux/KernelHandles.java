package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.OpenCalls.HandleResult;
import io.ferrynfs.storage.linux.OpenCalls.KernelHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Handles of the kernel: name_to_handle_at(2) and open_by_handle_at(2), for which the process needs
 * CAP_DAC_READ_SEARCH. Nothing is stored and nothing is kept open: opening by handle takes a
 * microsecond, less than a cache of descriptors would cost in bounds, invalidation and pinned
 * inodes.
 *
 * <h2>Staying inside the exported directory</h2>
 *
 * A kernel handle names an object of the whole filesystem. Where the exported directory is the root
 * of its filesystem that is what is wanted. Elsewhere:
 *
 * <ul>
 *   <li>All handles are sealed ({@link HandleSeal}), so one that comes back was given out by us,
 *       for an object that was reached from inside.
 *   <li>A directory is checked at every use: the kernel always knows the path of a directory, and
 *       it must start with that of the exported one. So a directory that was moved out takes its
 *       subtree out with it, at once.
 *   <li>A file that was moved out behind the server's back, or has its last name elsewhere, can
 *       still be reached by who has its handle. It is as if he had it open, and as with hard links.
 *       knfsd's subtree_check forbids it at the price of handles that die when a file moves from
 *       one directory to another; its no_subtree_check, the default, lets any handle of the
 *       filesystem through.
 * </ul>
 */
final class KernelHandles implements Handles {
  private static final byte FILE = 1;
  private static final byte DIRECTORY = 2;
  private static final int LOOKS_MAX = 2;

  /** Some ten milliseconds of trying. */
  private static final int OPEN_ATTEMPTS_MAX = 10_000;

  private final int rootFd;
  private final HandleSeal seal;
  private final boolean wholeFilesystem;
  private final Handle root;

  private KernelHandles(int rootFd, HandleSeal seal, KernelHandle root, boolean wholeFilesystem)
      throws StorageException {
    this.rootFd = rootFd;
    this.seal = seal;
    this.wholeFilesystem = wholeFilesystem;
    this.root = seal(root, DIRECTORY);
  }

  /**
   * Handles for a directory on an open descriptor.
   *
   * @throws StorageException NOT_SUPPORTED if the filesystem has no handles, PERMISSION if the
   *     process lacks the privilege to open by them
   */
  static KernelHandles open(int rootFd, HandleSeal seal) throws StorageException {
    HandleResult result = OpenCalls.nameToHandle(rootFd, 0);
    if (result.errno() != 0) {
      throw Errors.of(result.errno());
    }
    KernelHandle handle = result.handle();
    int opened =
        Errors.check(OpenCalls.openByHandle(rootFd, handle.type(), handle.bytes(), Flags.O_PATH));
    OpenCalls.close(opened);
    boolean whole = MountTable.isFilesystemRoot(handle.mountId(), NameCalls.pathOf(rootFd));
    return new KernelHandles(rootFd, seal, handle, whole);
  }

  @Override
  public Handle root() {
    return root;
  }

  @Override
  public void check(Handle handle) throws StorageException {
    var _ = unseal(handle);
  }

  private byte[] unseal(Handle handle) throws StorageException {
    byte[] bytes = seal.unseal(handle);
    if (bytes[0] != DIRECTORY && bytes[0] != FILE) {
      throw new StorageException(Status.BAD_HANDLE);
    }
    return bytes;
  }

  @Override
  public Node open(Handle handle) throws StorageException {
    byte[] bytes = unseal(handle);
    boolean directory = bytes[0] == DIRECTORY;
    int at = HandleSeal.bodyOffset();
    int type = ByteBuffer.wrap(bytes, at, 4).getInt();
    byte[] body = Arrays.copyOfRange(bytes, at + 4, bytes.length);
    int fd = openByHandle(type, body);
    if (fd < 0) {
      throw fd == -Errno.EINVAL ? new StorageException(Status.STALE) : Errors.of(-fd);
    }
    try {
      if (directory && !wholeFilesystem && !isInside(fd)) {
        throw new StorageException(Status.STALE, "no longer inside the exported directory");
      }
      return new Node(fd, handle, Node.statxOf(fd));
    } catch (StorageException | RuntimeException | Error e) {
      OpenCalls.close(fd);
      throw e;
    }
  }

  /**
   * The kernel says ENOMEM, too, of an object that is gone while another is being made under its
   * inode number (iget_locked() has no other way to tell of an inode in I_CREATING). That lasts for
   * microseconds, then it says ESTALE.
   */
  @SuppressWarnings("ThreadPriorityCheck") // Yielding saves processor time; nothing relies on it.
  private int openByHandle(int type, byte[] body) {
    int fd = OpenCalls.openByHandle(rootFd, type, body, Flags.O_PATH);
    for (int attempt = 1; fd == -Errno.ENOMEM && attempt < OPEN_ATTEMPTS_MAX; attempt++) {
      Thread.yield();
      fd = OpenCalls.openByHandle(rootFd, type, body, Flags.O_PATH);
    }
    return fd;
  }

  /**
   * Whether a directory is in the exported one. The two paths are read one after the other, so a
   * rename above both can come between; hence the second look.
   */
  private boolean isInside(int fd) {
    for (int look = 0; look < LOOKS_MAX; look++) {
      if (isInsideNow(fd)) {
        return true;
      }
    }
    return false;
  }

  private boolean isInsideNow(int fd) {
    BytesResult path = NameCalls.pathOf(fd);
    BytesResult top = NameCalls.pathOf(rootFd);
    if (path.errno() == Errno.ENAMETOOLONG) {
      return isInsideByWalking(fd);
    }
    return path.errno() == 0 && top.errno() == 0 && startsWith(path.bytes(), top.bytes());
  }

  private static boolean startsWith(byte[] path, byte[] top) {
    if (path.length < top.length || !Arrays.equals(path, 0, top.length, top, 0, top.length)) {
      return false;
    }
    return path.length == top.length || top.length == 1 || path[top.length] == '/';
  }

  /** For paths that are too long for the kernel to print: goes up until the exported directory. */
  private boolean isInsideByWalking(int fd) {
    AttributeCalls.StatxResult top = AttributeCalls.statx(rootFd);
    int at = OpenCalls.reopen(fd, Flags.O_PATH | Flags.O_DIRECTORY);
    long below = -1;
    try {
      while (at >= 0) {
        Statx here = AttributeCalls.statx(at).statx();
        if (here.inode() == top.statx().inode() && here.filesystem() == top.statx().filesystem()) {
          return true;
        }
        if (here.inode() == below) {
          return false;
        }
        below = here.inode();
        int up = OpenCalls.openat(at, new byte[] {'.', '.'}, Flags.O_PATH, 0);
        OpenCalls.close(at);
        at = up;
      }
      return false;
    } finally {
      if (at >= 0) {
        OpenCalls.close(at);
      }
    }
  }

  @Override
  public Handle parentOf(Node directory) throws StorageException {
    int fd =
        Errors.check(
            OpenCalls.openat(
                directory.fd(), new byte[] {'.', '.'}, Flags.O_PATH | Flags.O_DIRECTORY, 0));
    try {
      return sealOf(fd, DIRECTORY);
    } finally {
      OpenCalls.close(fd);
    }
  }

  @Override
  public Handle handleOf(int fd, Statx statx, Node directory, byte[] name) throws StorageException {
    return sealOf(fd, statx.isDirectory() ? DIRECTORY : FILE);
  }

  private Handle sealOf(int fd, byte kind) throws StorageException {
    HandleResult result = OpenCalls.nameToHandle(fd, 0);
    if (result.errno() != 0) {
      throw Errors.of(result.errno());
    }
    return seal(result.handle(), kind);
  }

  private Handle seal(KernelHandle handle, byte kind) throws StorageException {
    ByteBuffer body = ByteBuffer.allocate(4 + handle.bytes().length);
    return seal.seal(kind, body.putInt(handle.type()).put(handle.bytes()).array());
  }

  @Override
  public void naming(Node object, Node directory, byte[] name) {}

  @Override
  public void unnamed(Node object, Node directory, byte[] name, boolean last) {}

  @Override
  public void opened(Handle handle, Fd fd) {}

  @Override
  public void closed(Handle handle, Fd fd) {}

  @Override
  public void close() {}
}
