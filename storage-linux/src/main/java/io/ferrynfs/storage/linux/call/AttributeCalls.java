package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * System calls that read and change attributes through a descriptor, including O_PATH descriptors.
 */
public final class AttributeCalls {
  private static final MethodHandle STATX =
      Native.function("statx", INT, INT, POINTER, INT, INT, POINTER);
  private static final MethodHandle CHMOD = Native.function("chmod", INT, POINTER, INT);
  private static final MethodHandle FCHOWNAT =
      Native.function("fchownat", INT, INT, POINTER, INT, INT, INT);
  private static final MethodHandle UTIMENSAT =
      Native.function("utimensat", INT, INT, POINTER, POINTER, INT);
  private static final MethodHandle FACCESSAT =
      Native.function("faccessat", INT, INT, POINTER, INT, INT);
  private static final MethodHandle FACCESSAT2 =
      Native.variadic("syscall", 1, LONG, LONG, LONG, POINTER, LONG, LONG);
  private static final MethodHandle FSTATVFS = Native.function("fstatvfs", INT, INT, POINTER);
  private static final MethodHandle FPATHCONF = Native.function("fpathconf", LONG, INT, INT);
  private static final MethodHandle CLOCK_GETTIME =
      Native.function("clock_gettime", INT, INT, POINTER);
  private static final int CLOCK_REALTIME_COARSE = 5;
  private static final MethodHandle GETEUID = Native.function("geteuid", INT);
  private static final MethodHandle GETEGID = Native.function("getegid", INT);

  private static final byte[] EMPTY = new byte[0];

  /**
   * The number of faccessat2 on all architectures. The wrapper of older libc versions does not use
   * it.
   */
  private static final long NR_FACCESSAT2 = 439;

  private AttributeCalls() {}

  /** The result of {@link #statvfs}, in blocks and files. */
  public record Space(
      long blockBytes,
      long totalBytes,
      long freeBytes,
      long availableBytes,
      long files,
      long filesFree,
      long filesAvailable,
      long fsId,
      long nameBytesMax) {}

  /** The attributes, or an errno with {@link Statx#NONE}. */
  public record StatxResult(int errno, Statx statx) {}

  public static StatxResult statx(int fd) {
    return statx(fd, EMPTY, Flags.AT_EMPTY_PATH);
  }

  /** statx(2) of a directory entry. It never follows a symlink and never triggers an automount. */
  public static StatxResult statx(int dirFd, byte[] name, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(name);
      MemorySegment buffer = s.allocate(Statx.SIZE_BYTES);
      int result =
          (int)
              STATX.invokeExact(
                  s.errno(),
                  dirFd,
                  path,
                  flags | Flags.AT_SYMLINK_NOFOLLOW | Flags.AT_NO_AUTOMOUNT,
                  Flags.STATX_BASIC_STATS | Flags.STATX_BTIME,
                  buffer);
      return result < 0
          ? new StatxResult(-Native.result(s, result), Statx.NONE)
          : new StatxResult(0, Statx.of(buffer));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * chmod(2) through /proc, because fchmod(2) rejects O_PATH descriptors and fchmodat2(2) needs
   * Linux 6.6.
   */
  public static int chmod(int fd, int mode) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      return Native.result(s, (int) CHMOD.invokeExact(s.errno(), path, mode));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** fchownat(2); -1 keeps an id. */
  public static int chown(int fd, int uid, int gid) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(EMPTY);
      return Native.result(
          s, (int) FCHOWNAT.invokeExact(s.errno(), fd, path, uid, gid, Flags.AT_EMPTY_PATH));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * utimensat(2) through /proc, because AT_EMPTY_PATH needs Linux 5.8. Nanoseconds may be UTIME_NOW
   * or UTIME_OMIT.
   */
  public static int utimens(int fd, long atimeSec, long atimeNsec, long mtimeSec, long mtimeNsec) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      MemorySegment times = s.allocate(32);
      times.set(ValueLayout.JAVA_LONG, 0, atimeSec);
      times.set(ValueLayout.JAVA_LONG, 8, atimeNsec);
      times.set(ValueLayout.JAVA_LONG, 16, mtimeSec);
      times.set(ValueLayout.JAVA_LONG, 24, mtimeNsec);
      return Native.result(
          s, (int) UTIMENSAT.invokeExact(s.errno(), Flags.AT_FDCWD, path, times, 0));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * faccessat(2) for this process; {@code mode} is a sum of 4 (read), 2 (write) and 1 (execute).
   */
  public static int access(int fd, int mode) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      return Native.result(
          s, (int) FACCESSAT.invokeExact(s.errno(), Flags.AT_FDCWD, path, mode, 0));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * faccessat2(2) for the current filesystem ids of this thread; {@code mode} is as in {@link
   * #access}.
   */
  public static int accessNow(int fd, int mode) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.string(EMPTY);
      return (int)
          Native.result(
              s,
              (long)
                  FACCESSAT2.invokeExact(
                      s.errno(),
                      NR_FACCESSAT2,
                      (long) fd,
                      path,
                      (long) mode,
                      (long) (Flags.AT_EACCESS | Flags.AT_EMPTY_PATH)));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns whether the kernel supports {@link #accessNow} (Linux 5.8). */
  public static boolean hasAccessNow() {
    return accessNow(-1, 0) == -Errno.EBADF;
  }

  /** Returns the space, or null if statvfs(3) fails. */
  public static @Nullable Space statvfs(int fd) {
    try (Scratch s = Scratch.open()) {
      MemorySegment buffer = s.allocate(112);
      if ((int) FSTATVFS.invokeExact(s.errno(), fd, buffer) < 0) {
        return null;
      }
      long fragment = buffer.get(ValueLayout.JAVA_LONG, 8);
      return new Space(
          buffer.get(ValueLayout.JAVA_LONG, 0),
          fragment * buffer.get(ValueLayout.JAVA_LONG, 16),
          fragment * buffer.get(ValueLayout.JAVA_LONG, 24),
          fragment * buffer.get(ValueLayout.JAVA_LONG, 32),
          buffer.get(ValueLayout.JAVA_LONG, 40),
          buffer.get(ValueLayout.JAVA_LONG, 48),
          buffer.get(ValueLayout.JAVA_LONG, 56),
          buffer.get(ValueLayout.JAVA_LONG, 64),
          buffer.get(ValueLayout.JAVA_LONG, 80));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** fpathconf(3): returns a limit, or a negative number if there is none. */
  public static long pathconf(int fd, int name) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (long) FPATHCONF.invokeExact(s.errno(), fd, name));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * Returns the time of the clock from which the kernel takes change times (CLOCK_REALTIME_COARSE).
   */
  public static Statx.Time coarseNow() {
    try (Scratch s = Scratch.open()) {
      MemorySegment time = s.allocate(16);
      if ((int) CLOCK_GETTIME.invokeExact(s.errno(), CLOCK_REALTIME_COARSE, time) < 0) {
        return new Statx.Time(0, 0);
      }
      return new Statx.Time(
          time.get(ValueLayout.JAVA_LONG, 0), (int) time.get(ValueLayout.JAVA_LONG, 8));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int effectiveUid() {
    try (Scratch s = Scratch.open()) {
      return (int) GETEUID.invokeExact(s.errno());
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int effectiveGid() {
    try (Scratch s = Scratch.open()) {
      return (int) GETEGID.invokeExact(s.errno());
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
