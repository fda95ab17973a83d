package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.Native.INT;
import static io.ferrynfs.storage.linux.Native.LONG;
import static io.ferrynfs.storage.linux.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Changing and reading directories. Names have one component, which none of these follows. */
final class NameCalls {
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

  /** PATH_MAX: no symlink is longer. */
  private static final int TARGET_BYTES_MAX = 4096;

  private NameCalls() {}

  static int mkdirat(int dirFd, byte[] name, int mode) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      return Native.result(s, (int) MKDIRAT.invokeExact(s.errno(), dirFd, path, mode));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  static int mknodat(int dirFd, byte[] name, int mode, long device) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      return Native.result(s, (int) MKNODAT.invokeExact(s.errno(), dirFd, path, mode, device));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  static int symlinkat(byte[] target, int dirFd, byte[] name) {
    try (Scratch s = Scratch.open()) {
      MemorySegment text = s.string(target);
      MemorySegment path = s.string(name);
      return Native.result(s, (int) SYMLINKAT.invokeExact(s.errno(), text, dirFd, path));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * linkat(2) of what a descriptor stands for. By way of /proc, because AT_EMPTY_PATH needs
   * CAP_DAC_READ_SEARCH; following the magic link ends at the object itself, symlinks included.
   */
  static int link(int fd, int dirFd, byte[] name) {
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

  static int renameat2(int fromDirFd, byte[] from, int toDirFd, byte[] to, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment fromPath = s.string(from);
      MemorySegment toPath = s.string(to);
      return Native.result(
          s, (int) RENAMEAT2.invokeExact(s.errno(), fromDirFd, fromPath, toDirFd, toPath, flags));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  static int unlinkat(int dirFd, byte[] name, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      return Native.result(s, (int) UNLINKAT.invokeExact(s.errno(), dirFd, path, flags));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** The text of the symlink that an O_PATH descriptor stands for. */
  static BytesResult readlink(int fd) {
    try (Scratch s = Scratch.open()) {
      return readlinkat(s, fd, s.string(new byte[0]));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** The path by which the kernel would name what a descriptor stands for. */
  static BytesResult pathOf(int fd) {
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

  /** Fills the buffer with entries (linux_dirent64); returns their bytes, 0 at the end. */
  static long getdents64(int dirFd, MemorySegment buffer) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s, (long) GETDENTS64.invokeExact(s.errno(), dirFd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
