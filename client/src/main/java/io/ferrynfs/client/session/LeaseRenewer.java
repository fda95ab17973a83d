package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import java.time.Duration;
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
  private final Object lock = new Object();
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
    synchronized (lock) {
      renewal = env.timers().schedule(period.dividedBy(4), this::renew);
    }
  }

  /** The lease period the server gives. */
  void period(Duration lease) {
    synchronized (lock) {
      period = lease;
      if (renewal != null && renewal.cancel()) {
        renewal = env.timers().schedule(period.dividedBy(4), this::renew);
      }
    }
  }

  /** There is a call to watch. */
  void watch() {
    synchronized (lock) {
      if (sweep == null && !stopped) {
        sweep = env.timers().schedule(sweepEvery, this::sweep);
      }
    }
  }

  void stop() {
    synchronized (lock) {
      stopped = true;
      if (renewal != null) {
        renewal.cancel();
      }
      if (sweep != null) {
        sweep.cancel();
      }
    }
  }

  private void renew() {
    Duration every;
    synchronized (lock) {
      if (stopped) {
        return;
      }
      every = period.dividedBy(4);
      renewal = env.timers().schedule(every, this::renew);
    }
    long quietNanos = env.ticker().nanoTime() - queue.lastReplyNanos();
    if (quietNanos >= every.toNanos() && queue.isOpen() && isFirst()) {
      watch();
      var _ = queue.submit(Compound.of().build(), false).whenComplete((_, _) -> renewed());
    }
  }

  /** One SEQUENCE at a time. */
  private boolean isFirst() {
    synchronized (lock) {
      boolean isFirst = !renewing;
      renewing = true;
      return isFirst;
    }
  }

  private void renewed() {
    synchronized (lock) {
      renewing = false;
    }
  }

  private void sweep() {
    synchronized (lock) {
      // Calls that are made because others have failed are to be watched, too.
      sweep = null;
    }
    if (queue.sweep()) {
      watch();
    }
  }
}
