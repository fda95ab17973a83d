package io.ferrynfs.bench.compare;

import java.io.IOException;

/** One of the compared ways to do some work. */
interface Contender {

  /**
   * Does the work once and returns its rate in the unit of the scenario. A higher rate is better.
   */
  double round() throws IOException, InterruptedException;
}
