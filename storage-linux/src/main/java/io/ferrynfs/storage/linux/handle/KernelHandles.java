package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.BytesResult;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.OpenCalls.HandleResult;
import io.ferrynfs.storage.linux.call.OpenCalls.KernelHandle;
import io.ferrynfs.storage.linux.call.Statx;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Handles of the kernel: name_to_handle_at(2) and open_by_handle_at(2), which needs
 * CAP_DAC_READ_SEARCH. There is no table and no cache of descriptors: opening by handle takes a
 * microsecond, whereas a cache would need bounds and invalidation and would pin inodes.
 *
 * <h2>Confinement to the exported directory</h2>
 *
 * A kernel handle can name every object of the filesystem. If the exported directory is the root of
 * its filesystem, that is intended. Otherwise:
 *
 * <ul>
 *   <li>All handles are sealed ({@link HandleSeal}), so this volume created a returned handle, for
 *       an object that was reached inside the export.
 *   <li>A directory is checked at every use: the kernel always knows the path of a directory, and
 *       it must begin with the path of the export. If a directory is moved out, its subtree becomes
 *       inaccessible at once.
 *   <li>A file that another process moved out, or whose remaining names are outside, stays
 *       accessible to clients that hold its handle, as if they had it open. The same applies to
 *       hard links. The option subtree_check of knfsd prevents this, at the price of handles that
 *       become stale when a file moves to another directory; its default no_subtree_check accepts
 *       any handle of the filesystem.
 * </ul>
 */
public final class KernelHandles implements Handles {
  private static final byte FILE = 1;
  private static final byte DIRECTORY = 2;
  private static final int LOOKS_MAX = 2;

  /** About ten milliseconds of retries. */
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
   * Creates handles for a directory on an open descriptor.
   *
   * @throws StorageException NOT_SUPPORTED if the filesystem has no handles; PERMISSION if the
   *     process lacks the privilege to open by handle
   */
  public static KernelHandles open(int rootFd, HandleSeal seal) throws StorageException {
    HandleResult result = OpenCalls.nameToHandle(rootFd, 0);
    if (result.errno() != 0) {
      throw ErrnoStatus.of(result.errno());
    }
    KernelHandle handle = result.handle();
    int opened =
        ErrnoStatus.check(
            OpenCalls.openByHandle(rootFd, handle.type(), handle.bytes(), Flags.O_PATH));
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
      throw fd == -Errno.EINVAL ? new StorageException(Status.STALE) : ErrnoStatus.of(-fd);
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
   * Opens by handle, and retries on ENOMEM. The kernel also returns ENOMEM for a removed object
   * while a new object is created under its inode number (iget_locked() cannot report an inode in
   * I_CREATING otherwise). This lasts for microseconds; then the kernel returns ESTALE.
   */
  @SuppressWarnings(
      "ThreadPriorityCheck") // Yielding saves processor time; correctness does not depend on it.
  private int openByHandle(int type, byte[] body) {
    int fd = OpenCalls.openByHandle(rootFd, type, body, Flags.O_PATH);
    for (int attempt = 1; fd == -Errno.ENOMEM && attempt < OPEN_ATTEMPTS_MAX; attempt++) {
      Thread.yield();
      fd = OpenCalls.openByHandle(rootFd, type, body, Flags.O_PATH);
    }
    return fd;
  }

  /**
   * Returns whether a directory is inside the export. The two paths are read one after the other,
   * so a rename of a common ancestor can intervene; hence the second check.
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

  /**
   * Checks a directory whose path is too long for the kernel to print, by walking up to the export.
   */
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
        ErrnoStatus.check(
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
      throw ErrnoStatus.of(result.errno());
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
