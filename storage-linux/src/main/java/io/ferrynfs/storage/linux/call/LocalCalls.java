package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** System calls for local files of the command only: links by name, error texts. */
public final class LocalCalls {
  private static final MethodHandle LINKAT =
      Native.function("linkat", INT, INT, POINTER, INT, POINTER, INT);
  private static final MethodHandle STRERROR =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
              FunctionDescriptor.of(java.lang.foreign.ValueLayout.ADDRESS, INT));

  /** Longer than any message of strerror(3). */
  private static final int MESSAGE_BYTES_MAX = 256;

  private LocalCalls() {}

  /** linkat(2) of two names; does not follow a symbolic link. */
  public static int linkat(int fromDirFd, byte[] from, int toDirFd, byte[] to) {
    try (Scratch s = Scratch.open()) {
      MemorySegment existing = s.string(from);
      MemorySegment made = s.string(to);
      return Native.result(
          s, (int) LINKAT.invokeExact(s.errno(), fromDirFd, existing, toDirFd, made, 0));
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }

  /** Returns the text of an errno from strerror(3), with a lower-case first letter. */
  public static String message(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      String message = text.reinterpret(MESSAGE_BYTES_MAX).getString(0);
      return message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
