package io.ferrynfs.rpc.env;

import java.time.Duration;

/** One-shot timers. Tasks must be short and must not block: hand longer work to a {@link Pool}. */
@FunctionalInterface
public interface Timers {

  /**
   * Runs a task once after a delay.
   *
   * @param delay from now; zero or negative means as soon as possible, but never within this call
   * @param task runs on the timer thread; what it throws is logged
   */
  Cancellable schedule(Duration delay, Runnable task);
}
