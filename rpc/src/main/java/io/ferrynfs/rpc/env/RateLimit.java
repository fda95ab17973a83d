package io.ferrynfs.rpc.env;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/**
 * A limit on the rate of an event that peers can cause, such as a line in the log: a token bucket.
 */
public final class RateLimit {
  /** The result of {@link #take} if the event is suppressed. */
  public static final long REFUSED = -1;

  private final Ticker ticker;
  private final int atOnceMax;
  private final long everyNanos;

  @GuardedBy("this")
  private int left;

  @GuardedBy("this")
  private long lastNanos;

  @GuardedBy("this")
  private long refused;

  /**
   * Creates a limit with a full bucket.
   *
   * @param atOnceMax the size of the bucket
   * @param every the time in which one token is added
   */
  public RateLimit(Ticker ticker, int atOnceMax, Duration every) {
    this.ticker = ticker;
    this.atOnceMax = atOnceMax;
    this.everyNanos = every.toNanos();
    this.left = atOnceMax;
    this.lastNanos = ticker.nanoTime();
  }

  /** Returns how many events were suppressed since the last allowed one, or {@link #REFUSED}. */
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
