package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls for extended attributes, through /proc/self/fd because the calls on descriptors
 * reject O_PATH ones. Names are those of the kernel, including their namespace ("user.").
 */
public final class XattrCalls {
  /** XATTR_SIZE_MAX and XATTR_LIST_MAX of the kernel. */
  public static final int SIZE_BYTES_MAX = 64 << 10;

  private static final MethodHandle GETXATTR =
      Native.function("getxattr", LONG, POINTER, POINTER, POINTER, LONG);
  private static final MethodHandle SETXATTR =
      Native.function("setxattr", INT, POINTER, POINTER, POINTER, LONG, INT);
  private static final MethodHandle LISTXATTR =
      Native.function("listxattr", LONG, POINTER, POINTER, LONG);
  private static final MethodHandle REMOVEXATTR =
      Native.function("removexattr", INT, POINTER, POINTER);

  private XattrCalls() {}

  public static BytesResult get(int fd, byte[] name) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      MemorySegment key = s.string(name);
      MemorySegment buffer = s.allocate(SIZE_BYTES_MAX);
      return value(
          s,
          (long) GETXATTR.invokeExact(s.errno(), path, key, buffer, (long) SIZE_BYTES_MAX),
          buffer);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns whether an attribute of the name exists. */
  public static boolean has(int fd, byte[] name) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      MemorySegment key = s.string(name);
      MemorySegment buffer = s.allocate(0);
      return (long) GETXATTR.invokeExact(s.errno(), path, key, buffer, 0L) >= 0;
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns the names, each terminated by NUL. */
  public static BytesResult list(int fd) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      MemorySegment buffer = s.allocate(SIZE_BYTES_MAX);
      return value(
          s, (long) LISTXATTR.invokeExact(s.errno(), path, buffer, (long) SIZE_BYTES_MAX), buffer);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  private static BytesResult value(Scratch s, long result, MemorySegment buffer) {
    long length = Native.result(s, result);
    return length < 0
        ? BytesResult.failed((int) -length)
        : BytesResult.of(Scratch.copyOut(buffer, length));
  }

  public static int set(int fd, byte[] name, byte[] value, int flags) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      MemorySegment key = s.string(name);
      MemorySegment bytes = s.bytes(value);
      return Native.result(
          s, (int) SETXATTR.invokeExact(s.errno(), path, key, bytes, (long) value.length, flags));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  public static int remove(int fd, byte[] name) {
    try (Scratch s = Scratch.open()) {
      MemorySegment path = s.procPath(fd);
      MemorySegment key = s.string(name);
      return Native.result(s, (int) REMOVEXATTR.invokeExact(s.errno(), path, key));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
