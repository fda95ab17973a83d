package ferry.storage.linux;

import static ferry.storage.linux.Native.INT;

import java.lang.invoke.MethodHandle;

/**
 * The nice value of the calling thread: on Linux each thread has its own. A thread that wakes up
 * then gets the processor from one in the background at once, not after a slice of milliseconds.
 */
final class ThreadNice {
  /** A tenth of the processor while others want all of it; all of it while they do not. */
  static final int BACKGROUND = 10;

  private static final int PRIO_PROCESS = 0;
  private static final int CALLER = 0;

  private static final MethodHandle GETPRIORITY = Native.function("getpriority", INT, INT, INT);
  private static final MethodHandle SETPRIORITY =
      Native.function("setpriority", INT, INT, INT, INT);

  private ThreadNice() {}

  /** Makes the caller at least as nice as threads in the background are. It cannot be undone. */
  static void raise() {
    if (current() < BACKGROUND) {
      try (Scratch s = Scratch.open()) {
        // It may always be raised; and if not, nothing but latency is lost.
        int _ = (int) SETPRIORITY.invokeExact(s.errno(), PRIO_PROCESS, CALLER, BACKGROUND);
      } catch (Throwable e) {
        throw Native.unexpected(e);
      }
    }
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
