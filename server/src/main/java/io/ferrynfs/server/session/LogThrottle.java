package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Limits the rate of a warning that every request could cause. */
final class LogThrottle {
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  /** Ends a message that is not repeated within the interval. */
  static final String NOTE = "; not repeated within " + INTERVAL.toMinutes() + " minutes";

  private final Ticker ticker;

  @GuardedBy("this")
  private @Nullable Long loggedNanos;

  LogThrottle(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns whether the message is due. If so, the next interval begins. */
  synchronized boolean isDue() {
    long now = ticker.nanoTime();
    if (loggedNanos != null && now - loggedNanos < INTERVAL.toNanos()) {
      return false;
    }
    loggedNanos = now;
    return true;
  }
}
