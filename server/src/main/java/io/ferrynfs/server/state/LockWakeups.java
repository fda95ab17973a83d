package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import java.time.Duration;
import java.util.List;

/** Wakes the lock requests that wait for ranges of a file. */
final class LockWakeups {
  private final Ticker ticker;
  private final Timers timers;

  LockWakeups(Ticker ticker, Timers timers) {
    this.ticker = ticker;
    this.timers = timers;
  }

  /**
   * Reserves released ranges of a file for the requests that wait for them, and notifies the
   * clients. Called under no lock.
   */
  void wake(FileState file) {
    List<Runnable> notices;
    synchronized (file) {
      FileLocks locks = file.locksIfAny();
      if (locks == null || locks.waiters().isEmpty()) {
        return;
      }
      long now = ticker.nanoTime();
      notices = locks.waiters().promote(locks, now);
      long nanos = locks.waiters().nanosToTimer(now);
      if (nanos >= 0) {
        locks.waiters().setTimed(true);
        var _ = timers.schedule(Duration.ofNanos(nanos), () -> reservationExpired(file));
      }
    }
    notices.forEach(Runnable::run);
  }

  private void reservationExpired(FileState file) {
    synchronized (file) {
      FileLocks locks = file.locksIfAny();
      if (locks != null) {
        locks.waiters().setTimed(false);
      }
    }
    wake(file);
  }
}
