package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Runs candidates and references in turns, so that other load of the machine affects all of them
 * equally, and compares their medians. The first rounds do not count because the JVM still compiles
 * a server that started some seconds ago.
 */
final class Interleaved {
  private static final int UNCOUNTED = Integer.getInteger("bench.uncounted", 3);

  /**
   * The result of a comparison.
   *
   * @param candidate the median of the candidate
   * @param reference the median of the reference
   * @param worst the lowest ratio of two neighboring rounds
   * @param best the highest ratio of two neighboring rounds
   */
  record Result(double candidate, double reference, double worst, double best) {
    double ratio() {
      return candidate / reference;
    }
  }

  private Interleaved() {}

  static Result run(Contender candidate, Contender reference, int rounds)
      throws IOException, InterruptedException {
    double[][] all = turns(List.of(candidate, reference), rounds);
    return compare(all[0], all[1]);
  }

  /** Runs several contenders in turns, and returns their counted rounds in their order. */
  static double[][] turns(List<Contender> contenders, int rounds)
      throws IOException, InterruptedException {
    return turns(contenders, UNCOUNTED, rounds);
  }

  /**
   * Runs several contenders in turns, with a given number of uncounted rounds before the counted
   * ones.
   */
  static double[][] turns(List<Contender> contenders, int uncounted, int rounds)
      throws IOException, InterruptedException {
    for (int i = 0; i < uncounted; i++) {
      for (Contender contender : contenders) {
        contender.round();
      }
    }
    double[][] all = new double[contenders.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        // The first contender changes, so that none always finds the cache that another filled.
        int who = (round + i) % contenders.size();
        all[who][round] = contenders.get(who).round();
      }
    }
    return all;
  }

  /** Compares the rounds of two contenders that took turns. */
  static Result compare(double[] ours, double[] theirs) {
    double worst = Double.MAX_VALUE;
    double best = 0;
    for (int i = 0; i < ours.length; i++) {
      worst = Math.min(worst, ours[i] / theirs[i]);
      best = Math.max(best, ours[i] / theirs[i]);
    }
    return new Result(median(ours), median(theirs), worst, best);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
