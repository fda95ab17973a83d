package io.ferrynfs.rpc.env;

import java.time.Duration;

/**
 * How often something may happen that others bring about, like a line in the log: some times at
 * once, and again after a time each.
 */
public final class RateLimit {
  /** What {@link #take} answers when it may not happen now. */
  public static final long REFUSED = -1;

  private final Ticker ticker;
  private final int atOnceMax;
  private final long everyNanos;

  // Guarded by this.
  private int left;
  private long lastNanos;
  private long refused;

  /**
   * A limit that nothing has come near to.
   *
   * @param atOnceMax how often it may happen at once after it has not for long
   * @param every after which time it may happen once more
   */
  public RateLimit(Ticker ticker, int atOnceMax, Duration every) {
    this.ticker = ticker;
    this.atOnceMax = atOnceMax;
    this.everyNanos = every.toNanos();
    this.left = atOnceMax;
    this.lastNanos = ticker.nanoTime();
  }

  /** How often it was refused since it was allowed last; or {@link #REFUSED} once more. */
  public synchronized long take() {
    long now = ticker.nanoTime();
    long more = (now - lastNanos) / everyNanos;
    lastNanos += more * everyNanos;
    left = (int) Math.min(atOnceMax, left + more);
    if (left == 0) {
      refused++;
      return REFUSED;
    }
    left--;
    long before = refused;
    refused = 0;
    return before;
  }
}
