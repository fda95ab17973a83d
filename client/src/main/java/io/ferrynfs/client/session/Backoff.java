package io.ferrynfs.client.session;

import java.time.Duration;

/** Pauses that double up to a maximum, each shortened by up to a quarter at random. */
public final class Backoff {

  private final long firstMillis;
  private final long longestMillis;
  private long nextMillis;

  /** Creates a sequence of pauses. */
  public Backoff(Duration first, Duration longest) {
    this.firstMillis = first.toMillis();
    this.longestMillis = longest.toMillis();
    this.nextMillis = firstMillis;
  }

  /**
   * Returns the next pause.
   *
   * @param jitter any random number
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
