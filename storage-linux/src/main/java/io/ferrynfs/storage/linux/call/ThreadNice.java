package io.ferrynfs.storage.linux.call;

import static io.ferrynfs.storage.linux.call.Native.INT;
import static io.ferrynfs.storage.linux.call.Native.LONG;
import static io.ferrynfs.storage.linux.call.Native.POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The scheduling of the calling thread: on Linux each thread has its own nice value and time slice.
 * A thread that wakes up should preempt a background thread immediately. A higher nice value alone
 * is not sufficient: the kernel lets the running thread finish its slice of some milliseconds
 * unless, from Linux 6.12 on, the other thread has a shorter slice. Background threads therefore
 * request long slices.
 */
public final class ThreadNice {
  /**
   * The nice value of background threads: a tenth of the processor under contention, and all of it
   * otherwise.
   */
  public static final int BACKGROUND = 10;

  /** Several times the slice of other threads, and well below the maximum. */
  private static final long SLICE_NANOS = 20_000_000;

  private static final int PRIO_PROCESS = 0;
  private static final int CALLER = 0;
  private static final int NO_FLAGS = 0;

  /**
   * struct sched_attr (sched_setattr(2)): its size, and the offsets of sched_nice and
   * sched_runtime.
   */
  private static final int ATTR_BYTES = 48;

  private static final long ATTR_NICE = 16;
  private static final long ATTR_RUNTIME = 24;

  private static final MethodHandle GETPRIORITY = Native.function("getpriority", INT, INT, INT);
  private static final MethodHandle SETPRIORITY =
      Native.function("setpriority", INT, INT, INT, INT);
  private static final MethodHandle SCHED_SETATTR =
      Native.variadic("syscall", 1, LONG, LONG, INT, POINTER, INT);

  /** Saves a system call for each piece of a copy. */
  private static final ThreadLocal<AtomicBoolean> RAISED =
      ThreadLocal.withInitial(AtomicBoolean::new);

  private ThreadNice() {}

  /** Makes the calling thread a background thread. It cannot be undone. */
  public static void raise() {
    if (!RAISED.get().getAndSet(true) && current() < BACKGROUND) {
      try (Scratch s = Scratch.open()) {
        // Both calls need no privilege. If one fails, only latency suffers.
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

  /**
   * Returns the number of sched_setattr, which has no wrapper in libc; -1 on an unknown
   * architecture.
   */
  private static long numberOfSchedSetattr() {
    return switch (System.getProperty("os.arch")) {
      case "amd64" -> 314;
      case "aarch64", "riscv64" -> 274;
      default -> -1;
    };
  }

  /** Returns the nice value, from -20 to 19. */
  public static int current() {
    try (Scratch s = Scratch.open()) {
      return (int) GETPRIORITY.invokeExact(s.errno(), PRIO_PROCESS, CALLER);
    } catch (Throwable e) {
      throw Native.unexpected(e);
    }
  }
}
