package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Holds all copies together to a rate. Each piece takes its time of a line that never runs faster;
 * time that was not used is not saved up.
 */
final class CopyPace {
  private static final int PIECES_PER_SECOND = 10;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ticker ticker;
  private final long bytesPerSecond;

  /** When the pieces so far would be over at that rate; guarded by this. */
  private long freeAtNanos;

  /**
   * A pace.
   *
   * @param bytesPerSecond 0 for none
   */
  CopyPace(Ticker ticker, long bytesPerSecond) {
    this.ticker = ticker;
    this.bytesPerSecond = bytesPerSecond;
    this.freeAtNanos = ticker.nanoTime();
  }

  /** How large a piece may be so that the rate is even. */
  long pieceBytesMax() {
    return bytesPerSecond == 0 ? Long.MAX_VALUE : Math.max(1, bytesPerSecond / PIECES_PER_SECOND);
  }

  /** How long a copy pauses that has just moved so many bytes. */
  synchronized Duration after(long bytes) {
    if (bytesPerSecond == 0) {
      return Duration.ZERO;
    }
    long now = ticker.nanoTime();
    long start = Math.max(freeAtNanos, now);
    freeAtNanos = start + (long) ((double) bytes / bytesPerSecond * NANOS);
    return Duration.ofNanos(freeAtNanos - now);
  }
}
