package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A directory of this machine, held by a descriptor. Files below it are reached by name from the
 * descriptor and never through a symbolic link ({@code openat2} with RESOLVE_BENEATH and
 * RESOLVE_NO_SYMLINKS), so a concurrent change of the tree cannot lead outside of it. Thread-safe,
 * except for closing.
 */
public final class LocalDirectory implements AutoCloseable {
  private static final long RESOLVE =
      Flags.RESOLVE_BENEATH | Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_MAGICLINKS;

  /**
   * The maximum length of one piece of a path, because PATH_MAX is 4096. Longer paths are walked in
   * pieces.
   */
  private static final int PIECE_BYTES_MAX = 3800;

  /**
   * Bounds the retries if concurrent renames keep the kernel from proving that the path stays
   * beneath.
   */
  private static final int ATTEMPTS_MAX = 16;

  private static final byte[] PARENT = {'.', '.'};

  private final Fd fd;

  private LocalDirectory(Fd fd) {
    this.fd = fd;
  }

  /**
   * Opens a directory by a path, which is resolved in the usual way because the user of the program
   * supplied it.
   *
   * @param path the bytes of the path, absolute or relative to the working directory
   * @return the open directory, which the caller closes
   * @throws IOException if the path is not a directory, or the user may not enter it
   */
  public static LocalDirectory open(byte[] path) throws IOException {
    int flags = Flags.O_PATH | Flags.O_DIRECTORY;
    int fd = OpenCalls.openat(Flags.AT_FDCWD, path, flags, 0);
    if (fd == -Errno.ELOOP) {
      throw LocalErrors.loop(path);
    }
    return new LocalDirectory(new Fd(LocalErrors.check(fd, path)));
  }

  /**
   * Opens the parent of this directory; the parent of the root is the root.
   *
   * @return the open directory, which the caller closes
   * @throws IOException if the parent cannot be opened
   */
  public LocalDirectory parent() throws IOException {
    int flags = Flags.O_PATH | Flags.O_DIRECTORY;
    int up = OpenCalls.openat(fd.number(), PARENT, flags, 0);
    return new LocalDirectory(new Fd(LocalErrors.check(up, PARENT)));
  }

  /**
   * Returns an entry below this directory, which need not exist.
   *
   * @param names the names on the path, each without slash and NUL, and neither {@code .} nor
   *     {@code ..}; empty for this directory itself
   * @param followed whether operations follow the last name if it is a symbolic link; the other
   *     names are never followed
   */
  public LocalEntry entry(List<byte[]> names, boolean followed) {
    names.forEach(LocalDirectory::checkName);
    return new LocalEntry(this, names, followed);
  }

  /**
   * Checks that a name is valid in a directory.
   *
   * @throws IllegalArgumentException if it is empty, {@code .} or {@code ..}, or contains a slash
   *     or NUL
   */
  static void checkName(byte[] name) {
    boolean dots = name.length <= 2;
    for (byte b : name) {
      if (b == 0 || b == '/') {
        throw new IllegalArgumentException("a name holds neither a slash nor a NUL");
      }
      dots &= b == '.';
    }
    if (dots) {
      throw new IllegalArgumentException(
          name.length == 0
              ? "a name is not empty"
              : "not a name of a file: " + new String(name, StandardCharsets.UTF_8));
    }
  }

  int number() {
    return fd.number();
  }

  /**
   * The descriptor of a directory for one operation. Closing this closes the descriptor if it was
   * opened for the operation.
   */
  record Held(int number, boolean owned) implements AutoCloseable {
    @Override
    public void close() {
      if (owned) {
        OpenCalls.close(number);
      }
    }
  }

  /** Opens the directory at a path below this one; returns this directory for an empty path. */
  Held descend(List<byte[]> names) throws IOException {
    Held at = new Held(fd.number(), false);
    int next = 0;
    while (next < names.size()) {
      int end = next;
      int bytes = 0;
      while (end < names.size()
          && (end == next || bytes + names.get(end).length < PIECE_BYTES_MAX)) {
        bytes += names.get(end).length + 1;
        end++;
      }
      byte[] path = join(names.subList(next, end), bytes - 1);
      try (Held from = at) {
        at = new Held(LocalErrors.check(step(from.number(), path), path), true);
      }
      next = end;
    }
    return at;
  }

  private static int step(int dirFd, byte[] path) {
    int opened = -Errno.EXDEV;
    for (int attempt = 0; attempt < ATTEMPTS_MAX && opened == -Errno.EXDEV; attempt++) {
      opened =
          OpenCalls.openat2(dirFd, path, Flags.O_PATH | Flags.O_DIRECTORY, /* mode */ 0, RESOLVE);
    }
    return opened;
  }

  private static byte[] join(List<byte[]> names, int bytes) {
    byte[] path = new byte[bytes];
    int at = 0;
    for (byte[] name : names) {
      if (at > 0) {
        path[at++] = '/';
      }
      System.arraycopy(name, 0, path, at, name.length);
      at += name.length;
    }
    return path;
  }

  @Override
  public void close() {
    fd.release();
  }
}
