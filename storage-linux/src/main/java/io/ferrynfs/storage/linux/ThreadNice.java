package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.Native.INT;
import static io.ferrynfs.storage.linux.Native.LONG;
import static io.ferrynfs.storage.linux.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * How the kernel schedules the calling thread: on Linux each has a nice value and a slice of its
 * own. A thread that wakes up is to get the processor from one in the background at once. Being
 * nicer is not enough: the kernel lets whoever runs finish its slice of some milliseconds, except
 * (from Linux 6.12 on) for one that asks for shorter slices. So who works in the background asks
 * for long ones.
 */
final class ThreadNice {
  /** A tenth of the processor while others want all of it; all of it while they do not. */
  static final int BACKGROUND = 10;

  /** Several times what other threads have, and well below the most that may be asked for. */
  private static final long SLICE_NANOS = 20_000_000;

  private static final int PRIO_PROCESS = 0;
  private static final int CALLER = 0;
  private static final int NO_FLAGS = 0;

  /** struct sched_attr (sched_setattr(2)): the size, and where nice and sched_runtime are. */
  private static final int ATTR_BYTES = 48;

  private static final long ATTR_NICE = 16;
  private static final long ATTR_RUNTIME = 24;

  private static final MethodHandle GETPRIORITY = Native.function("getpriority", INT, INT, INT);
  private static final MethodHandle SETPRIORITY =
      Native.function("setpriority", INT, INT, INT, INT);
  private static final MethodHandle SCHED_SETATTR =
      Native.variadic("syscall", 1, LONG, LONG, INT, POINTER, INT);

  private ThreadNice() {}

  /** Makes the caller at least as nice as threads in the background are. It cannot be undone. */
  static void raise() {
    if (current() < BACKGROUND) {
      try (Scratch s = Scratch.open()) {
        // Both may always be done; and if not, nothing but latency is lost.
        int _ = (int) SETPRIORITY.invokeExact(s.errno(), PRIO_PROCESS, CALLER, BACKGROUND);
        long number = numberOfSchedSetattr();
        if (number >= 0) {
          MemorySegment attr = s.allocate(ATTR_BYTES);
          attr.fill((byte) 0);
          attr.set(ValueLayout.JAVA_INT, 0, ATTR_BYTES);
          attr.set(ValueLayout.JAVA_INT, ATTR_NICE, BACKGROUND);
          attr.set(ValueLayout.JAVA_LONG_UNALIGNED, ATTR_RUNTIME, SLICE_NANOS);
          long _ = (long) SCHED_SETATTR.invokeExact(s.errno(), number, CALLER, attr, NO_FLAGS);
        }
      } catch (Throwable e) {
        throw Native.unexpected(e);
      }
    }
  }

  /** libc has no function for it. -1 where the number of the system call is not known. */
  private static long numberOfSchedSetattr() {
    return switch (System.getProperty("os.arch")) {
      case "amd64" -> 314;
      case "aarch64", "riscv64" -> 274;
      default -> -1;
    };
  }

  /** From -20 to 19. */
  static int current() {
    try (Scratch s = Scratch.open()) {
      return (int) GETPRIORITY.invokeExact(s.errno(), PRIO_PROCESS, CALLER);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
