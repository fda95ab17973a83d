package io.ferrynfs.client.session;

import java.time.Duration;

/** Waits that double, from a first to a longest, with up to a quarter taken off at random. */
public final class Backoff {

  private final long firstMillis;
  private final long longestMillis;
  private long nextMillis;

  /** The first wait, and the longest. */
  public Backoff(Duration first, Duration longest) {
    this.firstMillis = first.toMillis();
    this.longestMillis = longest.toMillis();
    this.nextMillis = firstMillis;
  }

  /**
   * The next wait.
   *
   * @param jitter a random number, any
   */
  public Duration next(int jitter) {
    long wait = nextMillis;
    nextMillis = Math.min(longestMillis, nextMillis * 2);
    return Duration.ofMillis(wait - Math.floorMod(jitter, Math.max(1, wait / 4)));
  }

  void reset() {
    nextMillis = firstMillis;
  }
}
