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
 * The real clock and the real threads of the command: the one class of this module that has them.
 */
public final class Machine {
  /** Room for as many directories in one another as are descended into; taken only where used. */
  private static final long DEEP_STACK_BYTES = 512L << 20;

  private static final int UMASK_USUAL = 0022;

  private Machine() {}

  /** A clock that only goes forward, in nanoseconds. */
  public static long nanoTime() {
    return System.nanoTime();
  }

  /** The time of day. */
  public static Instant now() {
    return Instant.now();
  }

  /** The number of the user as whom this process runs. */
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
      throw new UncheckedIOException("/proc is not there, and only it knows the user", e);
    }
  }

  /** Runs a task on a thread that may call very deeply. The process lasts until it has ended. */
  public static void onDeepStack(Runnable task) {
    new Thread(null, task, "ferry", DEEP_STACK_BYTES).start();
  }

  /** The permission bits that new files of this process do not get: its umask. */
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
   * How many files this process may open besides those that it has open.
   *
   * @return {@link Integer#MAX_VALUE} where that is not known
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

  /** Workers whose waiting line is bounded: beyond it, the one who submits does the work itself. */
  public static ExecutorService workers(String name, int threads, int waitingMax) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(waitingMax),
        Thread.ofPlatform().daemon().name(name + "-", 0).factory(),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }

  /** Runs a task at a fixed rate on a daemon thread, until the handle is closed. */
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

  /** Runs a task once, after a time, unless the handle is closed before. */
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
   * Runs a task when this process is told to end (SIGTERM, SIGINT), and ends it with the code that
   * the task returns, where the JVM alone would end with that of the signal.
   *
   * @return call it off: when there is nothing to end any more. Too late, it does nothing
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
        // The hook runs already, and has the last word.
      }
    };
  }

  /** Waits for something that ends or for a time. */
  public static boolean await(CountDownLatch latch, long secondsMax) {
    return awaitMillis(latch, TimeUnit.SECONDS.toMillis(secondsMax));
  }

  /** Lets some time pass. */
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

  /** Returns never: the process ends by a signal. */
  public static void waitForever() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
