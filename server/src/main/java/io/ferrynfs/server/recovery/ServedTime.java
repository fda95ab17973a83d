package io.ferrynfs.server.recovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time during which this server could reply to requests. It measures leases, the grace period,
 * courtesy, recalls and lock reservations.
 *
 * <p>Clients renew leases, reclaim state and return delegations by requests (RFC 8881 sections 8.3,
 * 8.4.2.1, 10.4.5). A client must not lose state while the server cannot process requests: before
 * it listens, while a signal has stopped it, or without a processor. Therefore the ticker stands
 * still before {@link #start}. Afterwards a heartbeat detects a stopped process by its delay: at
 * most 1.5 s pass between two heartbeats. Timers follow the ticker. A suspended Linux machine needs
 * no such treatment, because its monotonic clock stops, too.
 *
 * <p>Everything else is that of the underlying environment.
 */
public final class ServedTime implements Env, AutoCloseable {
  private static final Logger LOG = System.getLogger(ServedTime.class.getName());
  private static final Duration BEAT = Duration.ofMillis(500);

  /** The delay of a heartbeat that is usual on a busy machine. */
  private static final Duration LATE_MAX = Duration.ofSeconds(1);

  private static final long ADVANCE_NANOS_MAX = BEAT.plus(LATE_MAX).toNanos();

  /** The least interval between two log messages. */
  private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Env env;
  private volatile Mark mark;

  private long lostNanos;
  private boolean hasLogged;
  private long loggedNanos;

  @GuardedBy("this")
  private @Nullable Cancellable next;

  @GuardedBy("this")
  private boolean closed;

  /**
   * The time at a heartbeat.
   *
   * @param at the time of the environment
   * @param served the served time
   */
  private record Mark(long at, long served, boolean runs) {}

  /** Creates the time of a server that does not listen yet. */
  public ServedTime(Env env) {
    this.env = env;
    mark = new Mark(env.ticker().nanoTime(), 0, false);
  }

  /** Starts the time when the server listens. */
  public void start() {
    mark = new Mark(env.ticker().nanoTime(), mark.served(), true);
    scheduleBeat();
  }

  private synchronized void scheduleBeat() {
    if (!closed) {
      next = env.timers().schedule(BEAT, this::beat);
    }
  }

  private void beat() {
    Mark before = mark;
    long now = env.ticker().nanoTime();
    long advanced = Math.min(now - before.at(), ADVANCE_NANOS_MAX);
    mark = new Mark(now, before.served() + advanced, true);
    lostNanos += now - before.at() - advanced;
    if (lostNanos > 0 && (!hasLogged || now - loggedNanos >= LOG_INTERVAL_NANOS)) {
      String lost = "%.1f".formatted((double) lostNanos / TimeUnit.SECONDS.toNanos(1));
      LOG.log(
          Level.WARNING,
          () ->
              "the server did not run for %s s; leases and grace periods are extended by this time"
                  .formatted(lost));
      hasLogged = true;
      loggedNanos = now;
      lostNanos = 0;
    }
    scheduleBeat();
  }

  private long nanoTime() {
    Mark last = mark;
    return last.runs()
        ? last.served() + Math.min(env.ticker().nanoTime() - last.at(), ADVANCE_NANOS_MAX)
        : last.served();
  }

  /** A task that waits until its delay of served time has passed. */
  private final class Waiting implements Cancellable {
    private final Runnable task;
    private final long untilNanos;

    private @Nullable Cancellable timer;
    private boolean isDone;

    Waiting(Runnable task, long untilNanos) {
      this.task = task;
      this.untilNanos = untilNanos;
    }

    synchronized void arm(Duration delay) {
      if (!isDone) {
        timer = env.timers().schedule(delay, this::due);
      }
    }

    private void due() {
      long left = untilNanos - ServedTime.this.nanoTime();
      if (left > 0) {
        arm(Duration.ofNanos(left));
        return;
      }
      synchronized (this) {
        if (isDone) {
          return;
        }
        isDone = true;
      }
      task.run();
    }

    @Override
    public synchronized boolean cancel() {
      boolean willRun = !isDone;
      isDone = true;
      if (timer != null) {
        timer.cancel();
      }
      return willRun;
    }
  }

  private Cancellable schedule(Duration delay, Runnable task) {
    Waiting waiting = new Waiting(task, nanoTime() + delay.toNanos());
    waiting.arm(delay);
    return waiting;
  }

  @Override
  public Ticker ticker() {
    return this::nanoTime;
  }

  @Override
  public Timers timers() {
    return this::schedule;
  }

  @Override
  public InstantSource clock() {
    return env.clock();
  }

  @Override
  public RandomSource random() {
    return env.random();
  }

  @Override
  public Pool pool(String name, int threadsMax, int queuedMax) {
    return env.pool(name, threadsMax, queuedMax);
  }

  @Override
  public Network network() {
    return env.network();
  }

  /** Stops the heartbeat. */
  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
  }
}
