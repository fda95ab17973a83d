package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** System calls that open and close descriptors: by name and by kernel handle. */
public final class OpenCalls {
  /** The maximum size of a file handle of the kernel (MAX_HANDLE_SZ). */
  private static final int HANDLE_BYTES_MAX = 128;

  /** The number of openat2 on all architectures. */
  private static final long NR_OPENAT2 = 437;

  private static final int F_DUPFD_CLOEXEC = 1030;

  private static final long OPEN_HOW_BYTES = 24;

  private static final MethodHandle OPENAT =
      Native.variadic("openat", 3, INT, INT, POINTER, INT, INT);
  private static final MethodHandle OPENAT2 =
      Native.variadic("syscall", 1, LONG, LONG, INT, POINTER, POINTER, LONG);
  private static final MethodHandle CLOSE = Native.function("close", INT, INT);
  private static final MethodHandle FCNTL = Native.variadic("fcntl", 2, INT, INT, INT, INT);
  private static final MethodHandle NAME_TO_HANDLE_AT =
      Native.function("name_to_handle_at", INT, INT, POINTER, POINTER, POINTER, INT);
  private static final MethodHandle OPEN_BY_HANDLE_AT =
      Native.function("open_by_handle_at", INT, INT, POINTER, INT);

  private OpenCalls() {}

  /** The result of name_to_handle_at(2): a handle and the mount of the object. */
  public static final class KernelHandle {
    private final int type;
    private final byte[] bytes;
    private final int mountId;

    private KernelHandle(int type, byte[] bytes, int mountId) {
      this.type = type;
      this.bytes = bytes;
      this.mountId = mountId;
    }

    public int type() {
      return type;
    }

    public byte[] bytes() {
      return bytes;
    }

    public int mountId() {
      return mountId;
    }
  }

  /** openat(2) with the default resolution, for the server's own names only. */
  public static int openat(int dirFd, byte[] path, int flags, int mode) {
    try (Scratch s = Scratch.open()) {
      MemorySegment name = s.string(path);
      int fd = (int) OPENAT.invokeExact(s.errno(), dirFd, name, flags | Flags.O_CLOEXEC, mode);
      return Native.result(s, fd);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** openat(2) of {@code /proc/self/fd/N}: opens the object of an O_PATH descriptor again. */
  public static int reopen(int fd, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      int opened =
          (int)
              OPENAT.invokeExact(
                  s.errno(), Flags.AT_FDCWD, path, flags | Flags.O_CLOEXEC, /* mode */ 0);
      return Native.result(s, opened);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * openat2(2). The kernel returns EAGAIN if a concurrent rename kept it from proving that the path
   * stays beneath the directory; the call is retried a bounded number of times.
   */
  public static int openat2(int dirFd, byte[] path, long flags, long mode, long resolve) {
    int fd = -Errno.EAGAIN;
    for (int attempt = 0; attempt < 64 && fd == -Errno.EAGAIN; attempt++) {
      fd = openat2Once(dirFd, path, flags, mode, resolve);
    }
    return fd;
  }

  private static int openat2Once(int dirFd, byte[] path, long flags, long mode, long resolve) {
    try (Scratch s = Scratch.open()) {
      MemorySegment how = s.allocate(OPEN_HOW_BYTES);
      how.set(ValueLayout.JAVA_LONG, 0, flags | Flags.O_CLOEXEC);
      how.set(ValueLayout.JAVA_LONG, 8, mode);
      how.set(ValueLayout.JAVA_LONG, 16, resolve);
      MemorySegment name = s.string(path);
      long fd = (long) OPENAT2.invokeExact(s.errno(), NR_OPENAT2, dirFd, name, how, OPEN_HOW_BYTES);
      return (int) Native.result(s, fd);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * close(2). The result is informative only, because Linux releases the descriptor even on an
   * error.
   */
  public static int close(int fd) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) CLOSE.invokeExact(s.errno(), fd));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** fcntl(F_DUPFD_CLOEXEC). */
  public static int dup(int fd) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s, (int) FCNTL.invokeExact(s.errno(), fd, F_DUPFD_CLOEXEC, /* lowest */ 0));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** The result of {@link #nameToHandle}: a handle, or the errno. */
  public record HandleResult(int errno, KernelHandle handle) {}

  private static final KernelHandle NO_HANDLE = new KernelHandle(0, new byte[0], 0);

  /** name_to_handle_at(2) of an open descriptor, which may be an O_PATH one. */
  public static HandleResult nameToHandle(int fd, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment handle = s.allocate(8 + HANDLE_BYTES_MAX);
      MemorySegment mountId = s.allocate(4);
      handle.set(ValueLayout.JAVA_INT, 0, HANDLE_BYTES_MAX);
      MemorySegment empty = s.string(new byte[0]);
      int result =
          (int)
              NAME_TO_HANDLE_AT.invokeExact(
                  s.errno(), fd, empty, handle, mountId, flags | Flags.AT_EMPTY_PATH);
      if (result < 0) {
        return new HandleResult(-Native.result(s, result), NO_HANDLE);
      }
      int length = handle.get(ValueLayout.JAVA_INT, 0);
      byte[] bytes = handle.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
      return new HandleResult(
          0,
          new KernelHandle(
              handle.get(ValueLayout.JAVA_INT, 4), bytes, mountId.get(ValueLayout.JAVA_INT, 0)));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** open_by_handle_at(2); needs CAP_DAC_READ_SEARCH. */
  public static int openByHandle(int mountFd, int type, byte[] bytes, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment handle = s.allocate(8L + bytes.length);
      handle.set(ValueLayout.JAVA_INT, 0, bytes.length);
      handle.set(ValueLayout.JAVA_INT, 4, type);
      MemorySegment.copy(bytes, 0, handle, ValueLayout.JAVA_BYTE, 8, bytes.length);
      int fd =
          (int) OPEN_BY_HANDLE_AT.invokeExact(s.errno(), mountFd, handle, flags | Flags.O_CLOEXEC);
      return Native.result(s, fd);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
