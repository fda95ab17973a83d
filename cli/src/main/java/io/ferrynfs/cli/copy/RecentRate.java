package io.ferrynfs.cli.copy;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How fast something goes at the moment: over the last seconds, not since the beginning, which
 * would go on telling of a speed that it no longer has.
 */
public final class RecentRate {
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private record Sample(long nanos, long bytes) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /**
   * @param startNanos when it begins
   * @param startBytes how far it is then
   */
  public RecentRate(long startNanos, long startBytes) {
    samples.add(new Sample(startNanos, startBytes));
  }

  /**
   * Takes down how far it is.
   *
   * @return the bytes a second since the oldest sample within the last ten seconds
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
