package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.SortedMap;

/** A server that can be asked what it has done. */
interface Counted {

  /** What it has counted since it started; what is missing is 0. */
  SortedMap<String, Long> counts() throws IOException, InterruptedException;
}
