package io.ferrynfs.client.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Renews the lease by a SEQUENCE alone when no other call did (RFC 8881 section 8.3), which also
 * shows that a silent server is alive. Lets the call queue check its calls for time-outs.
 */
final class LeaseRenewer {

  private static final Duration LEASE_ASSUMED = Duration.ofSeconds(15);
  private static final int SWEEPS_PER_TIMEOUT = 8;
  private static final Duration SWEEPS_APART_MAX = Duration.ofSeconds(1);

  private final Env env;
  private final CallQueue queue;
  private final Duration sweepEvery;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private Duration period = LEASE_ASSUMED;

  @GuardedBy("lock")
  private @Nullable Cancellable renewal;

  @GuardedBy("lock")
  private @Nullable Cancellable sweep;

  @GuardedBy("lock")
  private boolean stopped;

  @GuardedBy("lock")
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

  /** Sets the lease period. */
  void period(Duration lease) {
    synchronized (lock) {
      period = lease;
      if (renewal != null && renewal.cancel()) {
        renewal = env.timers().schedule(period.dividedBy(4), this::renew);
      }
    }
  }

  /** Starts to check the calls for time-outs, unless that is scheduled. */
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

  /** Returns whether no renewal is pending, and marks one as pending. */
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
      // Calls that are submitted because others failed have to be watched, too.
      sweep = null;
    }
    if (queue.sweep()) {
      watch();
    }
  }
}
