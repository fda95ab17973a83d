package io.ferrynfs.storage.linux.call;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The common part of all downcalls. Every binding of this package returns the result of the kernel:
 * a value that is not negative, or {@code -errno}. A caller that expects an error (a missing name,
 * a filesystem without reflinks) therefore does not pay for an exception.
 */
public final class Native {
  public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  public static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private Native() {}

  /**
   * Returns a handle of a libc function. Its first Java parameter is the segment that receives
   * errno.
   */
  public static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return handle(name, FunctionDescriptor.of(result, parameters), errnoOption());
  }

  /**
   * Returns a handle as {@link #function} does, for a C prototype with "..." after {@code fixed}
   * parameters.
   */
  public static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... parameters) {
    return handle(
        name,
        FunctionDescriptor.of(result, parameters),
        errnoOption(),
        Linker.Option.firstVariadicArg(fixed));
  }

  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("libc of this machine lacks " + name));
    return LINKER.downcallHandle(symbol, descriptor, options);
  }

  private static Linker.Option errnoOption() {
    return Linker.Option.captureCallState("errno");
  }

  /** Returns the result, or {@code -errno}. */
  public static int result(Scratch scratch, int result) {
    return result >= 0 ? result : -errno(scratch);
  }

  /** Returns the result, or {@code -errno}. */
  public static long result(Scratch scratch, long result) {
    return result >= 0 ? result : -errno(scratch);
  }

  private static int errno(Scratch scratch) {
    return (int) ERRNO.get(scratch.errno(), 0L);
  }

  /**
   * Returns the error for an exception of a downcall. A downcall throws only on wrong types, which
   * is a defect.
   */
  public static AssertionError unexpected(Throwable cause) {
    return new AssertionError("a downcall failed", cause);
  }
}
