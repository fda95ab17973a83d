package io.ferrynfs.rpc.env;

/** A scheduled task that can be cancelled. */
@FunctionalInterface
public interface Cancellable {

  /**
   * Cancels the task. Never interrupts it.
   *
   * @return true if the task will not run; false if it has run, is running or was cancelled before
   */
  boolean cancel();
}
