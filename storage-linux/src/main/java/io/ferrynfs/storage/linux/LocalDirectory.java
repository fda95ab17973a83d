package io.ferrynfs.storage.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A directory of this machine, held by a descriptor. What is below it is reached from there by
 * names only, never through a symbolic link ({@code openat2} with RESOLVE_BENEATH and
 * RESOLVE_NO_SYMLINKS), so nobody can lead outside of it who changes the tree meanwhile. Safe for
 * threads, but for closing.
 */
public final class LocalDirectory implements AutoCloseable {
  private static final long RESOLVE =
      Flags.RESOLVE_BENEATH | Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_MAGICLINKS;

  /** PATH_MAX is 4096: a longer path is walked in pieces. */
  private static final int PIECE_BYTES_MAX = 3800;

  /** A rename elsewhere may look to the kernel like a way out for a moment. */
  private static final int ATTEMPTS_MAX = 16;

  private static final byte[] PARENT = {'.', '.'};

  private final Fd fd;

  private LocalDirectory(Fd fd) {
    this.fd = fd;
  }

  /**
   * Opens a directory by a path, which is resolved as for any program: it is the user's own.
   *
   * @param path the bytes of the path, relative to the working directory or absolute
   * @throws IOException if it is no directory, or may not be entered
   */
  public static LocalDirectory open(byte[] path) throws IOException {
    int flags = Flags.O_PATH | Flags.O_DIRECTORY;
    int fd = OpenCalls.openat(Flags.AT_FDCWD, path, flags, 0);
    if (fd == -Errno.ELOOP) {
      throw LocalErrors.loop(path);
    }
    return new LocalDirectory(new Fd(LocalErrors.check(fd, path)));
  }

  /** Opens the directory that holds this one; the root's is the root. */
  public LocalDirectory parent() throws IOException {
    int flags = Flags.O_PATH | Flags.O_DIRECTORY;
    int up = OpenCalls.openat(fd.number(), PARENT, flags, 0);
    return new LocalDirectory(new Fd(LocalErrors.check(up, PARENT)));
  }

  /**
   * Names an entry below this directory, whether or not it is there.
   *
   * @param names the names on the way, each without a slash, a NUL, and neither {@code .} nor
   *     {@code ..}; none for this directory itself
   * @param followed whether operations on it follow it, should it be a symbolic link; those on the
   *     way are never followed
   */
  public LocalEntry entry(List<byte[]> names, boolean followed) {
    names.forEach(LocalDirectory::checkName);
    return new LocalEntry(this, names, followed);
  }

  /**
   * Checks that a name is one that a directory can have.
   *
   * @throws IllegalArgumentException if it is empty, {@code .}, {@code ..}, or holds a slash or NUL
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

  /** A descriptor to do something in a directory with; closed with this if it was opened for it. */
  record Held(int number, boolean owned) implements AutoCloseable {
    @Override
    public void close() {
      if (owned) {
        OpenCalls.close(number);
      }
    }
  }

  /** The directory below this one that these names lead to, or this one for none. */
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
