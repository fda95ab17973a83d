package io.ferrynfs.client.backchannel;

import io.ferrynfs.rpc.env.Ticker;
import java.util.function.LongSupplier;

/**
 * How many callbacks a server may send: so many a second, and one for each of its replies, since a
 * callback is mostly about a call. More than that serves nobody, and would keep the connection's
 * thread from what the client is there for. Large ones count for several. Counted over connections,
 * so that a new one is no new allowance.
 */
public final class CallbackBudget {

  /** What may come at once. */
  static final int AT_ONCE = 4096;

  static final int PER_SECOND = 1000;

  private static final int BYTES_OF_ONE = 4096;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Ticker ticker;
  private final LongSupplier replies;
  private double left = AT_ONCE;
  private long countedNanos;
  private long countedReplies;

  /**
   * A full one.
   *
   * @param replies how many the server has sent until now
   */
  public CallbackBudget(Ticker ticker, LongSupplier replies) {
    this.ticker = ticker;
    this.replies = replies;
    this.countedNanos = ticker.nanoTime();
  }

  /** Takes a call of the server's out of it; false when that is too much. */
  public synchronized boolean take(int recordBytes) {
    long now = ticker.nanoTime();
    long replied = replies.getAsLong();
    double seconds = (now - countedNanos) / NANOS_PER_SECOND;
    left = Math.min(AT_ONCE, left + seconds * PER_SECOND + (replied - countedReplies));
    countedNanos = now;
    countedReplies = replied;
    double cost = 1 + recordBytes / BYTES_OF_ONE;
    if (left < cost) {
      return false;
    }
    left -= cost;
    return true;
  }
}
