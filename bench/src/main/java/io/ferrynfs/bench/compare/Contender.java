package io.ferrynfs.bench.compare;

import java.io.IOException;

/** One way of doing a piece of work. */
interface Contender {

  /**
   * Does the work once and returns how fast that was; more is better. The unit is the scenario's.
   */
  double round() throws IOException, InterruptedException;
}
