package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** System calls for the data of regular files. All take an offset; none uses the file position. */
public final class DataCalls {
  /** _IOW(0x94, 13, struct file_clone_range), the same number on all supported architectures. */
  private static final long FICLONERANGE = 0x4020940dL;

  private static final MethodHandle PREAD =
      Native.function("pread64", LONG, INT, POINTER, LONG, LONG);
  private static final MethodHandle PWRITE =
      Native.function("pwrite64", LONG, INT, POINTER, LONG, LONG);
  private static final MethodHandle PWRITEV =
      Native.function("pwritev64", LONG, INT, POINTER, INT, LONG);
  private static final MethodHandle FTRUNCATE = Native.function("ftruncate64", INT, INT, LONG);
  private static final MethodHandle FALLOCATE =
      Native.function("fallocate64", INT, INT, INT, LONG, LONG);
  private static final MethodHandle LSEEK = Native.function("lseek64", LONG, INT, LONG, INT);
  private static final MethodHandle FSYNC = Native.function("fsync", INT, INT);
  private static final MethodHandle FDATASYNC = Native.function("fdatasync", INT, INT);
  private static final MethodHandle SYNCFS = Native.function("syncfs", INT, INT);
  private static final MethodHandle SYNC_FILE_RANGE =
      Native.function("sync_file_range", INT, INT, LONG, LONG, INT);
  private static final MethodHandle FADVISE =
      Native.function("posix_fadvise64", INT, INT, LONG, LONG, INT);
  private static final MethodHandle COPY_FILE_RANGE =
      Native.function("copy_file_range", LONG, INT, POINTER, INT, POINTER, LONG, INT);
  private static final MethodHandle SENDFILE =
      Native.function("sendfile64", LONG, INT, INT, POINTER, LONG);
  private static final MethodHandle SEND = Native.function("send", LONG, INT, POINTER, LONG, INT);
  private static final MethodHandle IOCTL = Native.variadic("ioctl", 2, INT, INT, LONG, POINTER);

  private DataCalls() {}

  public static long pread(int fd, MemorySegment buffer, long offset) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s, (long) PREAD.invokeExact(s.errno(), fd, buffer, buffer.byteSize(), offset));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static long pwrite(int fd, MemorySegment buffer, long offset) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s, (long) PWRITE.invokeExact(s.errno(), fd, buffer, buffer.byteSize(), offset));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** pwritev(2) of at most IOV_MAX (1024) buffers. */
  public static long pwritev(int fd, MemorySegment[] pieces, int count, long offset) {
    try (Scratch s = Scratch.open()) {
      MemorySegment vector = s.allocate(16L * count);
      for (int i = 0; i < count; i++) {
        vector.set(ValueLayout.ADDRESS, 16L * i, pieces[i]);
        vector.set(ValueLayout.JAVA_LONG, 16L * i + 8, pieces[i].byteSize());
      }
      return Native.result(s, (long) PWRITEV.invokeExact(s.errno(), fd, vector, count, offset));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int ftruncate(int fd, long sizeBytes) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) FTRUNCATE.invokeExact(s.errno(), fd, sizeBytes));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int fallocate(int fd, int mode, long offset, long bytes) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) FALLOCATE.invokeExact(s.errno(), fd, mode, offset, bytes));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static long lseek(int fd, long offset, int whence) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (long) LSEEK.invokeExact(s.errno(), fd, offset, whence));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** posix_fadvise(2), which, unlike the other calls, returns the errno itself, or 0. */
  public static int fadvise(int fd, long offset, long length, int advice) {
    try (Scratch s = Scratch.open()) {
      return (int) FADVISE.invokeExact(s.errno(), fd, offset, length, advice);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int fsync(int fd) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) FSYNC.invokeExact(s.errno(), fd));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int fdatasync(int fd) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) FDATASYNC.invokeExact(s.errno(), fd));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int syncfs(int fd) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) SYNCFS.invokeExact(s.errno(), fd));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** sync_file_range(SYNC_FILE_RANGE_WRITE): starts the writeback and guarantees no durability. */
  public static int startWriting(int fd, long offset, long bytes) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s,
          (int)
              SYNC_FILE_RANGE.invokeExact(
                  s.errno(), fd, offset, bytes, Flags.SYNC_FILE_RANGE_WRITE));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static long copyFileRange(int fromFd, long from, int toFd, long to, long bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment fromOffset = s.allocate(8);
      MemorySegment toOffset = s.allocate(8);
      fromOffset.set(ValueLayout.JAVA_LONG, 0, from);
      toOffset.set(ValueLayout.JAVA_LONG, 0, to);
      return Native.result(
          s,
          (long)
              COPY_FILE_RANGE.invokeExact(
                  s.errno(), fromFd, fromOffset, toFd, toOffset, bytes, /* flags */ 0));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** sendfile(2) to a socket that does not block; returns 0 at the end of the file. */
  public static long sendfile(int toSocket, int fromFd, long offset, long bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment from = s.allocate(8);
      from.set(ValueLayout.JAVA_LONG, 0, offset);
      return Native.result(
          s, (long) SENDFILE.invokeExact(s.errno(), toSocket, fromFd, from, bytes));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** send(2) of bytes that others follow at once, without blocking. */
  public static long sendMore(int socket, MemorySegment bytes) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s, (long) SEND.invokeExact(s.errno(), socket, bytes, bytes.byteSize(), Flags.MSG_BEFORE));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** ioctl(FICLONERANGE): shares blocks or fails; 0 bytes means up to the end of the source. */
  public static int cloneRange(int fromFd, long from, int toFd, long to, long bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment range = s.allocate(32);
      range.set(ValueLayout.JAVA_LONG, 0, fromFd);
      range.set(ValueLayout.JAVA_LONG, 8, from);
      range.set(ValueLayout.JAVA_LONG, 16, bytes);
      range.set(ValueLayout.JAVA_LONG, 24, to);
      return Native.result(s, (int) IOCTL.invokeExact(s.errno(), toFd, FICLONERANGE, range));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
