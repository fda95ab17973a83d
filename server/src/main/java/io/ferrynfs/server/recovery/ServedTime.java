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
 * The time in which this server could answer: what leases, the grace period, courtesy, recalls and
 * reservations of locks are measured by.
 *
 * <p>A client renews its lease, reclaims and returns by requests (RFC 8881 sections 8.3, 8.4.2.1,
 * 10.4.5). While the server does not answer them, because it has not begun to listen, was stopped
 * by a signal, or found no processor, nobody may lose anything by not having sent one. So its
 * ticker stands still before {@link #start}; and after it there is a heartbeat, which shows by
 * coming late that nothing else ran either: between two of them no more than a second and a half
 * passes here. Timers follow the ticker. A machine that is suspended needs none of this on Linux,
 * where the monotonic clock stands still with it.
 *
 * <p>All else is the environment's.
 */
public final class ServedTime implements Env, AutoCloseable {
  private static final Logger LOG = System.getLogger(ServedTime.class.getName());
  private static final Duration BEAT = Duration.ofMillis(500);

  /** How late a heartbeat may be: as long as nothing worse happens on a machine that is busy. */
  private static final Duration LATE_MAX = Duration.ofSeconds(1);

  private static final long ADVANCE_NANOS_MAX = BEAT.plus(LATE_MAX).toNanos();

  /** A server without a processor would fill its log by saying so. */
  private static final long SILENT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Env env;
  private volatile Mark mark;

  // Of the heartbeat.
  private long lostNanos;
  private boolean hasSaidSo;
  private long saidNanos;

  @GuardedBy("this")
  private @Nullable Cancellable next;

  @GuardedBy("this")
  private boolean closed;

  /**
   * What the time was at a heartbeat.
   *
   * @param at the environment's
   * @param served ours
   */
  private record Mark(long at, long served, boolean runs) {}

  /** Of a server that does not listen yet. */
  public ServedTime(Env env) {
    this.env = env;
    mark = new Mark(env.ticker().nanoTime(), 0, false);
  }

  /** The server listens: time passes from now on. */
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
    if (lostNanos > 0 && (!hasSaidSo || now - saidNanos >= SILENT_NANOS)) {
      String lost = "%.1f".formatted((double) lostNanos / TimeUnit.SECONDS.toNanos(1));
      LOG.log(
          Level.WARNING,
          () ->
              "the server did not run for %s s; leases and the like last longer by that"
                  .formatted(lost));
      hasSaidSo = true;
      saidNanos = now;
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

  /** A task that waits until its time has passed here. */
  private final class Waiting implements Cancellable {
    private final Runnable task;
    private final long untilNanos;

    private @Nullable Cancellable timer;
    private boolean over;

    Waiting(Runnable task, long untilNanos) {
      this.task = task;
      this.untilNanos = untilNanos;
    }

    synchronized void arm(Duration delay) {
      if (!over) {
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
        if (over) {
          return;
        }
        over = true;
      }
      task.run();
    }

    @Override
    public synchronized boolean cancel() {
      boolean willRun = !over;
      over = true;
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

  /** The heartbeat ends, and with it what there is of this time. */
  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
  }
}
