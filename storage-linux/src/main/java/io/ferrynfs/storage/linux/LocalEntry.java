package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.LocalCalls;
import io.ferrynfs.storage.linux.call.NameCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.function.Predicate;

/**
 * A name below an open directory, which need not exist. Every operation starts from the descriptor
 * of the directory. Only the last name may be followed, if that was requested.
 */
public final class LocalEntry {
  private static final byte[] SELF = {'.'};
  private static final int ANYTHING = 0;

  private final LocalDirectory base;
  private final List<byte[]> names;
  private final boolean followed;

  LocalEntry(LocalDirectory base, List<byte[]> names, boolean followed) {
    this.base = base;
    this.names = names;
    this.followed = followed;
  }

  private byte[] name() {
    return names.isEmpty() ? SELF : names.getLast();
  }

  private LocalDirectory.Held directory() throws IOException {
    return base.descend(names.isEmpty() ? names : names.subList(0, names.size() - 1));
  }

  private Fd open(int flags, int mode) throws IOException {
    try (LocalDirectory.Held directory = directory()) {
      int all = flags | Flags.O_NOCTTY | (followed ? 0 : Flags.O_NOFOLLOW);
      int fd = OpenCalls.openat(directory.number(), name(), all, mode);
      if (followed && fd == -Errno.ELOOP) {
        throw LocalErrors.loop(name());
      }
      return new Fd(LocalErrors.check(fd, name()));
    }
  }

  /**
   * Opens the object of this name, to read and change its attributes.
   *
   * @throws java.nio.file.NoSuchFileException if the name does not exist
   */
  public LocalObject object() throws IOException {
    Fd fd = open(Flags.O_PATH, 0);
    try {
      return new LocalObject(fd, name());
    } catch (IOException | RuntimeException e) {
      fd.release();
      throw e;
    }
  }

  /**
   * Reads the attributes of the object of this name.
   *
   * @throws IOException if it cannot be read
   */
  public LocalStat stat() throws IOException {
    if (followed || names.isEmpty()) {
      try (LocalObject object = object()) {
        return object.stat();
      }
    }
    try (LocalDirectory.Held directory = directory()) {
      AttributeCalls.StatxResult result = AttributeCalls.statx(directory.number(), name(), 0);
      LocalErrors.check(-result.errno(), name());
      return LocalStat.of(result.statx());
    }
  }

  /**
   * Lists the directory of this name.
   *
   * @throws IOException if it is not a directory or cannot be read
   */
  public LocalListing list() throws IOException {
    Fd fd = open(Flags.O_PATH | Flags.O_DIRECTORY, 0);
    try {
      return new LocalListing(fd, name());
    } catch (IOException | RuntimeException e) {
      fd.release();
      throw e;
    }
  }

  /**
   * Opens a file for reading. Blocks on a FIFO, as cat(1) does, unless a regular file is required.
   *
   * @param regular whether the file must be a regular file
   * @throws IOException if the file cannot be opened
   */
  public LocalFile read(boolean regular) throws IOException {
    return file(Flags.O_RDONLY | (regular ? Flags.O_NONBLOCK : 0), 0, regular);
  }

  /**
   * Creates a regular file, which must not exist.
   *
   * @param mode its permission bits, to which the umask applies
   * @throws java.nio.file.FileAlreadyExistsException if the name exists, even as a symbolic link
   */
  public LocalFile create(int mode) throws IOException {
    return file(Flags.O_RDWR | Flags.O_CREAT | Flags.O_EXCL, mode, true);
  }

  /**
   * Opens a file for writing, and truncates it if it is regular.
   *
   * @param isExpected whether this is the file that was found before; another file is an error and
   *     is not truncated
   * @param regular whether the file is regular; otherwise the open of a FIFO blocks until it has a
   *     reader
   * @throws IOException if the file cannot be opened, or is not the expected one
   */
  public LocalFile replace(Predicate<LocalStat> isExpected, boolean regular) throws IOException {
    LocalFile file = file(Flags.O_WRONLY | (regular ? Flags.O_NONBLOCK : 0), 0, regular);
    try {
      if (!isExpected.test(file.stat())) {
        throw new FileSystemException(null, null, "was replaced by another file in the meantime");
      }
      file.setSize(0);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private LocalFile file(int flags, int mode, boolean regular) throws IOException {
    Fd fd = open(flags, mode);
    try {
      LocalFile file = new LocalFile(fd, name());
      if (file.stat().type() == LocalStat.DIRECTORY) {
        throw LocalErrors.of(Errno.EISDIR, name());
      }
      if (regular && !file.isRegular()) {
        throw new FileSystemException(null, null, "is no longer a regular file");
      }
      return file;
    } catch (IOException | RuntimeException e) {
      fd.release();
      throw e;
    }
  }

  /**
   * Creates a directory and returns its attributes.
   *
   * @throws IOException if it cannot be created
   */
  public LocalStat makeDirectory(int mode) throws IOException {
    try (LocalDirectory.Held directory = directory()) {
      LocalErrors.check(NameCalls.mkdirat(directory.number(), name(), mode), name());
      return made(directory, LocalStat.DIRECTORY);
    }
  }

  /**
   * Creates a symbolic link and returns its attributes.
   *
   * @throws IOException if it cannot be created
   */
  public LocalStat makeSymlink(byte[] target) throws IOException {
    try (LocalDirectory.Held directory = directory()) {
      LocalErrors.check(NameCalls.symlinkat(target, directory.number(), name()), name());
      return made(directory, LocalStat.SYMLINK);
    }
  }

  /**
   * Creates a FIFO, socket or device and returns its attributes.
   *
   * @param type the type bits, such as {@link LocalStat#FIFO}
   * @param mode the permission bits, to which the umask applies
   * @throws IOException if it cannot be created
   */
  public LocalStat makeSpecial(int type, int mode, long major, long minor) throws IOException {
    // makedev(3): the low 8 bits of minor and 12 bits of major in the format of older kernels, and
    // the remaining bits above them.
    long device =
        (minor & 0xff)
            | ((major & 0xfff) << 8)
            | ((minor & ~0xffL) << 12)
            | ((major & ~0xfffL) << 32);
    try (LocalDirectory.Held directory = directory()) {
      LocalErrors.check(
          NameCalls.mknodat(directory.number(), name(), type | (mode & 0777), device), name());
      return made(directory, type);
    }
  }

  private LocalStat made(LocalDirectory.Held directory, int type) throws IOException {
    AttributeCalls.StatxResult result = AttributeCalls.statx(directory.number(), name(), 0);
    LocalErrors.check(-result.errno(), name());
    LocalStat stat = LocalStat.of(result.statx());
    // Another user of the directory may have created a hard link to another file in the meantime.
    if (stat.type() != type || (type != LocalStat.DIRECTORY && stat.links() != 1)) {
      throw new FileSystemException(null, null, "was replaced by another file in the meantime");
    }
    return stat;
  }

  /**
   * Creates a hard link to the file at {@code existing}; does not follow a symbolic link.
   *
   * @throws IOException if it cannot be created
   */
  public void makeLink(LocalEntry existing) throws IOException {
    try (LocalDirectory.Held from = existing.directory();
        LocalDirectory.Held to = directory()) {
      LocalErrors.check(
          LocalCalls.linkat(from.number(), existing.name(), to.number(), name()), name());
    }
  }

  /**
   * Renames the object of this name; replaces an existing target.
   *
   * @throws java.nio.file.AtomicMoveNotSupportedException if the target is on another file system
   */
  public void renameTo(LocalEntry target) throws IOException {
    try (LocalDirectory.Held from = directory();
        LocalDirectory.Held to = target.directory()) {
      LocalErrors.check(
          NameCalls.renameat2(from.number(), name(), to.number(), target.name(), ANYTHING), name());
    }
  }

  /**
   * Removes an empty directory, or another type of file.
   *
   * @throws IOException if it cannot be removed
   */
  public void remove(boolean isDirectory) throws IOException {
    if (names.isEmpty()) {
      throw LocalErrors.of(Errno.EBUSY, SELF);
    }
    try (LocalDirectory.Held directory = directory()) {
      int flags = isDirectory ? Flags.AT_REMOVEDIR : ANYTHING;
      LocalErrors.check(NameCalls.unlinkat(directory.number(), name(), flags), name());
    }
  }
}
