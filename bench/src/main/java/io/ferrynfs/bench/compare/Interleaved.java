package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Runs candidates and references in turns, so that whatever else the machine does meets all alike,
 * and compares their medians. The first rounds of each are not counted: a server that is some
 * seconds old is still being compiled.
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
    double[][] all = turns(List.of(candidate, reference), rounds);
    return compare(all[0], all[1]);
  }

  /** The counted rounds of several contenders that take turns, in their order. */
  static double[][] turns(List<Contender> contenders, int rounds)
      throws IOException, InterruptedException {
    return turns(contenders, UNCOUNTED, rounds);
  }

  /** The same with so many rounds of each before those that count. */
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
        // Who is first changes, so that none always finds another's warm cache.
        int who = (round + i) % contenders.size();
        all[who][round] = contenders.get(who).round();
      }
    }
    return all;
  }

  /** Two that took turns, round by round. */
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
