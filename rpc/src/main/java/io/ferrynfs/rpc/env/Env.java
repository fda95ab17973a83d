package io.ferrynfs.rpc.env;

import java.time.InstantSource;

/**
 * Everything a part of Ferry takes from outside itself. No class but the implementations of this
 * interface reads a clock, makes a thread or opens a socket.
 */
public interface Env {

  /** Monotonic time, for durations. */
  Ticker ticker();

  /** Wall-clock time, for time stamps that leave the process. */
  InstantSource clock();

  /** One-shot timers. */
  Timers timers();

  /** Unguessable random values (seeded ones in a simulation). */
  RandomSource random();

  /**
   * Makes a pool of worker threads. The caller closes it.
   *
   * @param name what its threads are called
   * @param threadsMax how many tasks run at once
   * @param queuedMax how many more may wait before {@link Pool#tryExecute} refuses
   */
  Pool pool(String name, int threadsMax, int queuedMax);

  /** The network. */
  Network network();
}
