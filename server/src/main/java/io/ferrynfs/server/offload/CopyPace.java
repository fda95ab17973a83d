package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A rate limit for all copies together, including synchronous and small ones. Each piece occupies a
 * virtual line for the time that its bytes take at the rate. Unused time is not saved.
 */
final class CopyPace {
  private static final int PIECES_PER_SECOND = 10;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ticker ticker;
  private final long bytesPerSecond;

  /** The time at which the line is free again. */
  @GuardedBy("this")
  private long freeAtNanos;

  /**
   * Creates a rate limit.
   *
   * @param bytesPerSecond the rate; 0 for no limit
   */
  CopyPace(Ticker ticker, long bytesPerSecond) {
    this.ticker = ticker;
    this.bytesPerSecond = bytesPerSecond;
    this.freeAtNanos = ticker.nanoTime();
  }

  /** Returns the maximum size of a piece in bytes at which the rate is even. */
  long pieceBytesMax() {
    return bytesPerSecond == 0 ? Long.MAX_VALUE : Math.max(1, bytesPerSecond / PIECES_PER_SECOND);
  }

  /** Returns the time for which a copy waits before its first piece. */
  synchronized Duration beforeFirst() {
    return bytesPerSecond == 0
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, freeAtNanos - ticker.nanoTime()));
  }

  /** Returns the time for which a copy waits after it has moved this number of bytes. */
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
