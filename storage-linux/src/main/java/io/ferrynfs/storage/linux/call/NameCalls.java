package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls that change and read directories. Each name is a single component; no call follows
 * it.
 */
public final class NameCalls {
  private static final MethodHandle MKDIRAT = Native.function("mkdirat", INT, INT, POINTER, INT);
  private static final MethodHandle MKNODAT =
      Native.function("mknodat", INT, INT, POINTER, INT, LONG);
  private static final MethodHandle SYMLINKAT =
      Native.function("symlinkat", INT, POINTER, INT, POINTER);
  private static final MethodHandle LINKAT =
      Native.function("linkat", INT, INT, POINTER, INT, POINTER, INT);
  private static final MethodHandle RENAMEAT2 =
      Native.function("renameat2", INT, INT, POINTER, INT, POINTER, INT);
  private static final MethodHandle UNLINKAT = Native.function("unlinkat", INT, INT, POINTER, INT);
  private static final MethodHandle READLINKAT =
      Native.function("readlinkat", LONG, INT, POINTER, POINTER, LONG);
  private static final MethodHandle GETDENTS64 =
      Native.function("getdents64", LONG, INT, POINTER, LONG);

  /** PATH_MAX, the maximum length of a symlink. */
  private static final int TARGET_BYTES_MAX = 4096;

  private NameCalls() {}

  public static int mkdirat(int dirFd, byte[] name, int mode) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      return Native.result(s, (int) MKDIRAT.invokeExact(s.errno(), dirFd, path, mode));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int mknodat(int dirFd, byte[] name, int mode, long device) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      return Native.result(s, (int) MKNODAT.invokeExact(s.errno(), dirFd, path, mode, device));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int symlinkat(byte[] target, int dirFd, byte[] name) {
    try (Scratch s = Scratch.open()) {
      MemorySegment text = s.string(target);
      MemorySegment path = s.string(name);
      return Native.result(s, (int) SYMLINKAT.invokeExact(s.errno(), text, dirFd, path));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * linkat(2) of the object of a descriptor. Uses /proc because AT_EMPTY_PATH needs
   * CAP_DAC_READ_SEARCH. Following the magic link ends at the object itself, even if it is a
   * symlink.
   */
  public static int link(int fd, int dirFd, byte[] name) {
    try (Scratch s = Scratch.open()) {
      MemorySegment from = s.procPath(fd);
      MemorySegment to = s.string(name);
      return Native.result(
          s,
          (int)
              LINKAT.invokeExact(
                  s.errno(), Flags.AT_FDCWD, from, dirFd, to, Flags.AT_SYMLINK_FOLLOW));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int renameat2(int fromDirFd, byte[] from, int toDirFd, byte[] to, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment fromPath = s.string(from);
      MemorySegment toPath = s.string(to);
      return Native.result(
          s, (int) RENAMEAT2.invokeExact(s.errno(), fromDirFd, fromPath, toDirFd, toPath, flags));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int unlinkat(int dirFd, byte[] name, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      return Native.result(s, (int) UNLINKAT.invokeExact(s.errno(), dirFd, path, flags));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns the target of the symlink of an O_PATH descriptor. */
  public static BytesResult readlink(int fd) {
    try (Scratch s = Scratch.open()) {
      return readlinkat(s, fd, s.string(new byte[0]));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns the path that the kernel reports for a descriptor. */
  public static BytesResult pathOf(int fd) {
    try (Scratch s = Scratch.open()) {
      return readlinkat(s, Flags.AT_FDCWD, s.procPath(fd));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  private static BytesResult readlinkat(Scratch s, int dirFd, MemorySegment path) throws Throwable {
    MemorySegment buffer = s.allocate(TARGET_BYTES_MAX);
    long length =
        Native.result(
            s,
            (long) READLINKAT.invokeExact(s.errno(), dirFd, path, buffer, (long) TARGET_BYTES_MAX));
    return length < 0
        ? BytesResult.failed((int) -length)
        : BytesResult.of(Scratch.copyOut(buffer, length));
  }

  /**
   * Fills the buffer with entries (linux_dirent64); returns their length in bytes, 0 at the end.
   */
  public static long getdents64(int dirFd, MemorySegment buffer) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s, (long) GETDENTS64.invokeExact(s.errno(), dirFd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
