package io.ferrynfs.client.backchannel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Ticker;
import java.util.function.LongSupplier;

/**
 * A limit on the rate of callbacks: a number per second, and one for each reply of the server,
 * because most callbacks concern a request. A flood of callbacks would keep the connection's thread
 * from its work. A large callback counts several times. The limit spans connections, so a server
 * cannot reset it by a new one.
 */
public final class CallbackBudget {

  /** The maximum number of callbacks in a burst. */
  static final int BURST_MAX = 4096;

  static final int PER_SECOND = 1000;

  private static final int BYTES_PER_UNIT = 4096;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Ticker ticker;
  private final LongSupplier replies;

  @GuardedBy("this")
  private double left = BURST_MAX;

  @GuardedBy("this")
  private long countedNanos;

  @GuardedBy("this")
  private long countedReplies;

  /**
   * Creates a limit that allows a full burst.
   *
   * @param replies returns the number of replies received so far
   */
  public CallbackBudget(Ticker ticker, LongSupplier replies) {
    this.ticker = ticker;
    this.replies = replies;
    this.countedNanos = ticker.nanoTime();
  }

  /** Counts a callback. Returns false if it exceeds the limit. */
  public synchronized boolean take(int recordBytes) {
    long now = ticker.nanoTime();
    long replied = replies.getAsLong();
    double seconds = (now - countedNanos) / NANOS_PER_SECOND;
    left = Math.min(BURST_MAX, left + seconds * PER_SECOND + (replied - countedReplies));
    countedNanos = now;
    countedReplies = replied;
    double cost = 1 + recordBytes / BYTES_PER_UNIT;
    if (left < cost) {
      return false;
    }
    left -= cost;
    return true;
  }
}
