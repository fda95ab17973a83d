package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The session's clockwork: renews the lease by a SEQUENCE alone when nothing else did for half of
 * it (RFC 8881 section 8.3), which also shows that a silent server is still there, and lets the
 * call queue look for calls whose time is up.
 */
final class LeaseRenewer {

  private static final Duration LEASE_ASSUMED = Duration.ofSeconds(15);
  private static final int SWEEPS_PER_TIMEOUT = 8;
  private static final Duration SWEEPS_APART_MAX = Duration.ofSeconds(1);

  private final Env env;
  private final CallQueue queue;
  private final Duration sweepEvery;
  private final ReentrantLock lock = new ReentrantLock();
  private Duration period = LEASE_ASSUMED;
  private @Nullable Cancellable renewal;
  private @Nullable Cancellable sweep;
  private boolean stopped;
  private boolean renewing;

  LeaseRenewer(Env env, CallQueue queue, Duration progressTimeout) {
    this.env = env;
    this.queue = queue;
    Duration often = CallTimeouts.usual(progressTimeout).dividedBy(SWEEPS_PER_TIMEOUT);
    this.sweepEvery = often.compareTo(SWEEPS_APART_MAX) < 0 ? often : SWEEPS_APART_MAX;
  }

  void start() {
    lock.lock();
    try {
      renewal = env.timers().schedule(period.dividedBy(4), this::renew);
    } finally {
      lock.unlock();
    }
  }

  /** The lease period the server gives. */
  void period(Duration lease) {
    lock.lock();
    try {
      period = lease;
      if (renewal != null && renewal.cancel()) {
        renewal = env.timers().schedule(period.dividedBy(4), this::renew);
      }
    } finally {
      lock.unlock();
    }
  }

  /** There is a call to watch. */
  void watch() {
    lock.lock();
    try {
      if (sweep == null && !stopped) {
        sweep = env.timers().schedule(sweepEvery, this::sweep);
      }
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopped = true;
      if (renewal != null) {
        renewal.cancel();
      }
      if (sweep != null) {
        sweep.cancel();
      }
    } finally {
      lock.unlock();
    }
  }

  private void renew() {
    Duration every;
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      every = period.dividedBy(4);
      renewal = env.timers().schedule(every, this::renew);
    } finally {
      lock.unlock();
    }
    long quietNanos = env.ticker().nanoTime() - queue.lastReplyNanos();
    if (quietNanos >= every.toNanos() && queue.isOpen() && isFirst()) {
      watch();
      var _ = queue.submit(Compound.of().build(), false).whenComplete((_, _) -> renewed());
    }
  }

  /** One SEQUENCE at a time. */
  private boolean isFirst() {
    lock.lock();
    try {
      boolean isFirst = !renewing;
      renewing = true;
      return isFirst;
    } finally {
      lock.unlock();
    }
  }

  private void renewed() {
    lock.lock();
    try {
      renewing = false;
    } finally {
      lock.unlock();
    }
  }

  private void sweep() {
    lock.lock();
    try {
      // Calls that are made because others have failed are to be watched, too.
      sweep = null;
    } finally {
      lock.unlock();
    }
    if (queue.sweep()) {
      watch();
    }
  }
}
