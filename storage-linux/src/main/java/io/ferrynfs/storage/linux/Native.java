package io.ferrynfs.storage.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * What all downcalls share. Every binding of this package returns what the kernel returned: a value
 * that is not negative, or {@code -errno}; so a caller that expects an error (a missing name, a
 * filesystem without reflinks) pays for no exception.
 */
final class Native {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private Native() {}

  /** A libc function whose first Java parameter is the segment that receives errno. */
  static MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
    return handle(name, FunctionDescriptor.of(result, parameters), errnoOption());
  }

  /** As {@link #function}, for C prototypes that end in "..." after {@code fixed} parameters. */
  static MethodHandle variadic(
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
            .orElseThrow(() -> new UnsatisfiedLinkError("this machine's libc has no " + name));
    return LINKER.downcallHandle(symbol, descriptor, options);
  }

  private static Linker.Option errnoOption() {
    return Linker.Option.captureCallState("errno");
  }

  /** The result, or {@code -errno}. */
  static int result(Scratch scratch, int result) {
    return result >= 0 ? result : -errno(scratch);
  }

  /** The result, or {@code -errno}. */
  static long result(Scratch scratch, long result) {
    return result >= 0 ? result : -errno(scratch);
  }

  private static int errno(Scratch scratch) {
    return (int) ERRNO.get(scratch.errno(), 0L);
  }

  /** A downcall throws only if its types are wrong, which is our fault. */
  static AssertionError unexpected(Throwable cause) {
    return new AssertionError("a downcall failed", cause);
  }
}
