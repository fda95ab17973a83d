package io.ferrynfs.cli.copy;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The rate over the last ten seconds. The average since the start would hide that a copy has become
 * slower.
 */
public final class RecentRate {
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private record Sample(long nanos, long bytes) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * Creates a rate.
   *
   * @param startNanos the start time
   * @param startBytes the bytes at the start
   */
  public RecentRate(long startNanos, long startBytes) {
    samples.add(new Sample(startNanos, startBytes));
  }

  /**
   * Records a sample.
   *
   * @return the bytes per second since the oldest sample of the last ten seconds
   */
  public double at(long nanos, long bytes) {
    samples.addLast(new Sample(nanos, bytes));
    while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
      samples.removeFirst();
    }
    Sample oldest = samples.getFirst();
    long took = nanos - oldest.nanos();
    return took <= 0 ? 0 : Math.max(0, bytes - oldest.bytes()) * 1e9 / took;
  }
}
