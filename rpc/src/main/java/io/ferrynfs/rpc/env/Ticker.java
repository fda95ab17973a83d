package io.ferrynfs.rpc.env;

/** Monotonic time with an arbitrary origin. */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds since some origin; only differences mean something. */
  long nanoTime();
}
