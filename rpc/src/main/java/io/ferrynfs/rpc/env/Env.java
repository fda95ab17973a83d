package io.ferrynfs.rpc.env;

import java.time.InstantSource;

/**
 * The environment of Ferry: clocks, timers, random values, threads and the network. Only its
 * implementations read a clock, create a thread or open a socket.
 */
public interface Env {

  /** Returns the monotonic clock, for durations. */
  Ticker ticker();

  /** Returns the wall clock, for time stamps that leave the process. */
  InstantSource clock();

  /** Returns the one-shot timers. */
  Timers timers();

  /** Returns the source of unpredictable random values (seeded in a simulation). */
  RandomSource random();

  /**
   * Creates a pool of worker threads, which the caller closes.
   *
   * @param name the prefix of the names of its threads
   * @param threadsMax the maximum number of running tasks
   * @param queuedMax the maximum number of queued tasks
   */
  Pool pool(String name, int threadsMax, int queuedMax);

  /** Returns the network. */
  Network network();
}
