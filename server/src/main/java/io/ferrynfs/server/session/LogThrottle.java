package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Keeps what may happen at each request from filling the log. */
final class LogThrottle {
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  /** Ends a line that is not written again soon. */
  static final String NOTE = "; not said again within " + INTERVAL.toMinutes() + " minutes";

  private final Ticker ticker;

  // Guarded by this.
  private @Nullable Long saidNanos;

  LogThrottle(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether it is time to say it; the time until the next one begins then. */
  synchronized boolean isDue() {
    long now = ticker.nanoTime();
    if (saidNanos != null && now - saidNanos < INTERVAL.toNanos()) {
      return false;
    }
    saidNanos = now;
    return true;
  }
}
