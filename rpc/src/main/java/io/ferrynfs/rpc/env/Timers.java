package io.ferrynfs.rpc.env;

import java.time.Duration;

/** One-shot timers. Tasks must not block; longer work belongs in a {@link Pool}. */
@FunctionalInterface
public interface Timers {

  /**
   * Runs a task once after a delay.
   *
   * @param delay the delay; zero or less means as soon as possible, but not within this call
   * @param task runs on the timer thread; its exceptions are logged
   */
  Cancellable schedule(Duration delay, Runnable task);
}
