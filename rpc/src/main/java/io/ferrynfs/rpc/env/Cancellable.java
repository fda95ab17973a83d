package io.ferrynfs.rpc.env;

/** Something scheduled that may be called off. */
@FunctionalInterface
public interface Cancellable {

  /**
   * Calls it off. Never interrupts it.
   *
   * @return true when it will not run; false when it ran, runs, or was called off before
   */
  boolean cancel();
}
