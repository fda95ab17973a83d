package ferry.bench.compare;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs a candidate and a reference in turns, so that whatever else the machine does meets both
 * alike, and compares their medians. The first rounds of each are not counted: a server that is
 * some seconds old is still being compiled.
 */
final class Interleaved {
  private static final int UNCOUNTED = Integer.getInteger("bench.uncounted", 3);

  /**
   * What came out.
   *
   * @param candidate the median of the candidate
   * @param reference the median of the reference
   * @param worst the lowest ratio of two neighbouring rounds
   * @param best the highest
   */
  record Result(double candidate, double reference, double worst, double best) {
    double ratio() {
      return candidate / reference;
    }
  }

  private Interleaved() {}

  static Result run(Contender candidate, Contender reference, int rounds)
      throws IOException, InterruptedException {
    for (int i = 0; i < UNCOUNTED; i++) {
      candidate.round();
      reference.round();
    }
    double[] ours = new double[rounds];
    double[] theirs = new double[rounds];
    double worst = Double.MAX_VALUE;
    double best = 0;
    for (int i = 0; i < rounds; i++) {
      // Who is first changes, so that neither always finds the other's warm cache.
      if (i % 2 == 0) {
        ours[i] = candidate.round();
        theirs[i] = reference.round();
      } else {
        theirs[i] = reference.round();
        ours[i] = candidate.round();
      }
      worst = Math.min(worst, ours[i] / theirs[i]);
      best = Math.max(best, ours[i] / theirs[i]);
    }
    return new Result(median(ours), median(theirs), worst, best);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
