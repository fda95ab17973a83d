package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.SortedMap;

/** A server with counters of its work. */
interface Counted {

  /** Returns the counters since the start. A missing counter is 0. */
  SortedMap<String, Long> counts() throws IOException, InterruptedException;
}
