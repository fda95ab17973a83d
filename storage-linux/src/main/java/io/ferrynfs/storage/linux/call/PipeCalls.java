package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** System calls that create pipes and move bytes through them. */
public final class PipeCalls {
  private static final int F_SETPIPE_SZ = 1031;
  private static final int F_GETPIPE_SZ = 1032;
  private static final int SPLICE_F_MOVE = 1;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final short POLLOUT = 4;
  private static final long POLLFD_BYTES = 8;

  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVLOWAT = 18;

  private static final MethodHandle SETSOCKOPT =
      Native.function("setsockopt", INT, INT, INT, INT, POINTER, INT);
  private static final MethodHandle PIPE2 = Native.function("pipe2", INT, POINTER, INT);
  private static final MethodHandle FCNTL = Native.variadic("fcntl", 2, INT, INT, INT, INT);
  private static final MethodHandle SPLICE =
      Native.function("splice", LONG, INT, POINTER, INT, POINTER, LONG, INT);
  private static final MethodHandle READ = Native.function("read", LONG, INT, POINTER, LONG);
  private static final MethodHandle WRITE = Native.function("write", LONG, INT, POINTER, LONG);
  private static final MethodHandle POLL = Native.function("poll", INT, POINTER, LONG, INT);

  private PipeCalls() {}

  /**
   * The ends of a pipe.
   *
   * @param errno 0, or the error
   */
  public record Ends(int errno, int out, int in) {}

  /** pipe2(2) with non-blocking ends. */
  public static Ends pipe() {
    try (Scratch s = Scratch.open()) {
      MemorySegment ends = s.allocate(8);
      int result =
          Native.result(
              s, (int) PIPE2.invokeExact(s.errno(), ends, Flags.O_CLOEXEC | Flags.O_NONBLOCK));
      return result < 0
          ? new Ends(-result, -1, -1)
          : new Ends(0, ends.get(ValueLayout.JAVA_INT, 0), ends.get(ValueLayout.JAVA_INT, 4));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** fcntl(F_SETPIPE_SZ): returns the new size. */
  public static int resize(int fd, int bytes) {
    return fcntl(fd, F_SETPIPE_SZ, bytes);
  }

  public static int size(int fd) {
    return fcntl(fd, F_GETPIPE_SZ, 0);
  }

  private static int fcntl(int fd, int command, int argument) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (int) FCNTL.invokeExact(s.errno(), fd, command, argument));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /**
   * setsockopt(SO_RCVLOWAT): a thread that waits for a socket wakes up when this number of bytes
   * has arrived, or when the connection ends.
   */
  public static int receiveLowWater(int socket, int bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment value = s.allocate(Integer.BYTES);
      value.set(ValueLayout.JAVA_INT, 0, bytes);
      return Native.result(
          s,
          (int)
              SETSOCKOPT.invokeExact(
                  s.errno(), socket, SOL_SOCKET, SO_RCVLOWAT, value, Integer.BYTES));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** splice(2) into a pipe, without blocking on either side. */
  public static long spliceIn(int fromFd, int pipe, long bytes) {
    try (Scratch s = Scratch.open()) {
      return Native.result(
          s,
          (long)
              SPLICE.invokeExact(
                  s.errno(),
                  fromFd,
                  MemorySegment.NULL,
                  pipe,
                  MemorySegment.NULL,
                  bytes,
                  SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** splice(2) out of a pipe to an offset of a file. */
  public static long spliceOut(int pipe, int toFd, long offset, long bytes) {
    try (Scratch s = Scratch.open()) {
      MemorySegment to = s.allocate(8);
      to.set(ValueLayout.JAVA_LONG, 0, offset);
      return Native.result(
          s,
          (long)
              SPLICE.invokeExact(
                  s.errno(), pipe, MemorySegment.NULL, toFd, to, bytes, SPLICE_F_MOVE));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** read(2) at the file position, for a pipe or a terminal. */
  public static long read(int fd, MemorySegment buffer) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (long) READ.invokeExact(s.errno(), fd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static long write(int fd, MemorySegment buffer) {
    try (Scratch s = Scratch.open()) {
      return Native.result(s, (long) WRITE.invokeExact(s.errno(), fd, buffer, buffer.byteSize()));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns whether a pipe has a free slot. */
  public static boolean hasRoom(int pipe) {
    try (Scratch s = Scratch.open()) {
      MemorySegment poll = s.allocate(POLLFD_BYTES);
      poll.set(ValueLayout.JAVA_INT, 0, pipe);
      poll.set(ValueLayout.JAVA_SHORT, 4, POLLOUT);
      poll.set(ValueLayout.JAVA_SHORT, 6, (short) 0);
      int ready = (int) POLL.invokeExact(s.errno(), poll, 1L, 0);
      return ready == 1 && (poll.get(ValueLayout.JAVA_SHORT, 6) & POLLOUT) != 0;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
