package io.ferrynfs.cli.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The clock, threads and process attributes of the command. No other class of this module uses them
 * directly.
 */
public final class Machine {
  /**
   * Enough for the recursion over deeply nested directories. The memory is reserved, but committed
   * on use only.
   */
  private static final long DEEP_STACK_BYTES = 512L << 20;

  private static final int UMASK_USUAL = 0022;

  private Machine() {}

  /** Returns a monotonic time in nanoseconds. */
  public static long nanoTime() {
    return System.nanoTime();
  }

  /** Returns the wall clock time. */
  public static Instant now() {
    return Instant.now();
  }

  /** Returns the effective user id of this process. */
  public static long uid() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      // Real, effective, saved, file system: proc_pid_status(5).
      String ids = lines.filter(line -> line.startsWith("Uid:")).findFirst().orElseThrow();
      return Pattern.compile("\\d+")
          .matcher(ids)
          .results()
          .skip(1)
          .mapToLong(id -> Long.parseLong(id.group()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the user id from /proc/self/status", e);
    }
  }

  /** Runs a task on a new thread with a large stack. The JVM runs until the task ends. */
  public static void onDeepStack(Runnable task) {
    new Thread(null, task, "ferry", DEEP_STACK_BYTES).start();
  }

  /** Returns the umask of this process. */
  public static int umask() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("Umask:"))
          .map(line -> Integer.parseInt(line.substring("Umask:".length()).strip(), 8))
          .findFirst()
          .orElse(UMASK_USUAL);
    } catch (IOException e) {
      return UMASK_USUAL;
    }
  }

  /**
   * Returns how many more files this process may open.
   *
   * @return {@link Integer#MAX_VALUE} if the limit is not known
   */
  public static int descriptorsLeft() {
    try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"));
        Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      int most =
          limits
              .filter(line -> line.startsWith("Max open files"))
              .map(
                  line -> line.substring("Max open files".length()).strip().replaceAll("\\s.*", ""))
              .filter(limit -> limit.matches("\\d{1,9}"))
              .map(Integer::parseInt)
              .findFirst()
              .orElse(Integer.MAX_VALUE);
      return Math.max(0, most - (int) open.count());
    } catch (IOException | UncheckedIOException e) {
      return Integer.MAX_VALUE;
    }
  }

  /**
   * Returns an executor with a bounded queue. If the queue is full, the submitting thread runs the
   * task.
   */
  public static ExecutorService workers(String name, int threads, int queuedMax) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(queuedMax),
        Thread.ofPlatform().daemon().name(name + "-", 0).factory(),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  /** Runs a task periodically on a daemon thread until the handle is closed. */
  public static AutoCloseable every(long periodMillis, Runnable task) {
    Object gate = new Object();
    boolean[] closed = {false};
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("ferry-tick")
            .start(() -> {
              synchronized (gate) {
                while (!closed[0]) {
                  try {
                    gate.wait(periodMillis);
                  } catch (InterruptedException e) {
                    return;
                  }
                  if (!closed[0]) {
                    task.run();
                  }
                }
              }
            });
    return () -> {
      synchronized (gate) {
        closed[0] = true;
        gate.notifyAll();
      }
      thread.join();
    };
  }

  /** Runs a task once after a delay, unless the handle is closed first. */
  public static AutoCloseable after(long seconds, Runnable task) {
    CountDownLatch closed = new CountDownLatch(1);
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("ferry-time-out")
            .start(() -> {
              if (!await(closed, seconds)) {
                task.run();
              }
            });
    return closed::countDown;
  }

  /**
   * Ends this process at once, without shutdown hooks. {@link System#exit} first looks up a logger,
   * which takes longer than printing a line.
   */
  public static void endNow(int exit) {
    Runtime.getRuntime().halt(exit);
  }

  /** Ends this process after a delay, whatever its threads do then. */
  public static void endAfter(long seconds, int exit) {
    var _ = after(seconds, () -> endNow(exit));
  }

  /**
   * Registers a task to run on SIGTERM or SIGINT. The process then exits with the code that the
   * task returns, not with the code of the signal.
   *
   * @return removes the registration; has no effect after the signal
   */
  public static Runnable onTermination(IntSupplier task) {
    Runtime runtime = Runtime.getRuntime();
    Thread hook =
        Thread.ofPlatform().name("ferry-end").unstarted(() -> runtime.halt(task.getAsInt()));
    runtime.addShutdownHook(hook);
    return () -> {
      try {
        runtime.removeShutdownHook(hook);
      } catch (IllegalStateException ending) {
        // The hook is already running.
      }
    };
  }

  /** Waits for a latch for at most this many seconds. Returns whether the latch was released. */
  public static boolean await(CountDownLatch latch, long secondsMax) {
    return awaitMillis(latch, TimeUnit.SECONDS.toMillis(secondsMax));
  }

  /** Sleeps. */
  public static void pause(long millis) {
    var _ = awaitMillis(new CountDownLatch(1), millis);
  }

  private static boolean awaitMillis(CountDownLatch latch, long millisMax) {
    try {
      return latch.await(millisMax, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Blocks forever. The process is ended by a signal. */
  public static void waitForever() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
