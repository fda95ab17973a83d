package io.ferrynfs.rpc.env;

/** A monotonic clock with an arbitrary origin. */
@FunctionalInterface
public interface Ticker {

  /** Returns the time in nanoseconds; only differences are meaningful. */
  long nanoTime();
}
