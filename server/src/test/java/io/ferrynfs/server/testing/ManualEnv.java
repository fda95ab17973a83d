package io.ferrynfs.server.testing;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * An environment whose clock the test advances, whose random values come from a seed, and whose
 * pools can be held.
 */
public final class ManualEnv implements Env {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

  private final Random random;
  private final List<Timer> timers = new ArrayList<>();
  private final Deque<Runnable> held = new ArrayDeque<>();
  private Duration elapsed = Duration.ZERO;
  private Duration perRead = Duration.ZERO;
  private final Map<String, Deque<Runnable>> heldByName = new HashMap<>();
  private boolean holding;
  private boolean full;
  private @Nullable Running running;

  /** Creates an environment with the default seed. */
  public ManualEnv() {
    this(42);
  }

  /** Creates an environment with this seed. */
  public ManualEnv(long seed) {
    random = new Random(seed);
  }

  private record Timer(Duration due, Runnable task) {}

  /** A running task of a held pool, and the task that follows it on its thread. */
  private static final class Running {
    final String pool;
    @Nullable Runnable next;

    Running(String pool) {
      this.pool = pool;
    }
  }

  /** Advances the clock and runs the timers that become due, in order. */
  public void advance(Duration time) {
    Duration end = elapsed.plus(time);
    while (true) {
      Timer next =
          timers.stream()
              .filter(timer -> timer.due.compareTo(end) <= 0)
              .min(Comparator.comparing(Timer::due))
              .orElse(null);
      if (next == null) {
        break;
      }
      timers.remove(next);
      elapsed = next.due.compareTo(elapsed) > 0 ? next.due : elapsed;
      next.task.run();
    }
    elapsed = end;
  }

  /**
   * Advances the clock without running timers, as while the process is stopped, and then runs the
   * timers that are overdue.
   */
  public void jump(Duration time) {
    elapsed = elapsed.plus(time);
    advance(Duration.ZERO);
  }

  /** Makes each later reading of the ticker advance the clock by this much. */
  public void advanceOnEachRead(Duration time) {
    perRead = time;
  }

  /** Queues later tasks of all pools until {@link #releasePools}. */
  public void holdPools() {
    holding = true;
  }

  /** Runs the queued tasks; later tasks run at once. */
  public void releasePools() {
    holding = false;
    while (!held.isEmpty()) {
      held.remove().run();
    }
  }

  /** Queues later tasks of this pool for {@link #runNext}. */
  public void hold(String pool) {
    heldByName.computeIfAbsent(pool, _ -> new ArrayDeque<>());
  }

  /** Runs the oldest queued task of a held pool; returns false if there is none. */
  public boolean runNext(String pool) {
    Deque<Runnable> tasks = heldByName.getOrDefault(pool, new ArrayDeque<>());
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    Running previous = running;
    Running own = new Running(pool);
    running = own;
    try {
      task.run();
    } finally {
      running = previous;
      Runnable next = own.next;
      if (next != null) {
        tasks.addFirst(next);
      }
    }
    return true;
  }

  /** Runs the queued tasks of a pool and the tasks that these submit; later tasks run at once. */
  public void release(String pool) {
    Deque<Runnable> tasks = heldByName.remove(pool);
    while (tasks != null && !tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** Makes pools reject tasks, as when their queues are full. */
  public void setPoolsFull(boolean refuse) {
    full = refuse;
  }

  @Override
  public Ticker ticker() {
    return () -> {
      elapsed = elapsed.plus(perRead);
      return elapsed.toNanos();
    };
  }

  @Override
  public InstantSource clock() {
    return () -> START.plus(elapsed);
  }

  @Override
  public Timers timers() {
    return (delay, task) -> {
      Timer timer = new Timer(elapsed.plus(delay.isNegative() ? Duration.ZERO : delay), task);
      timers.add(timer);
      return cancellation(timer);
    };
  }

  private Cancellable cancellation(Timer timer) {
    return () -> timers.remove(timer);
  }

  @Override
  public RandomSource random() {
    return new RandomSource() {
      @Override
      public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
      }

      @Override
      public int nextInt() {
        return random.nextInt();
      }

      @Override
      public long nextLong() {
        return random.nextLong();
      }

      @Override
      public int nextInt(int bound) {
        return random.nextInt(bound);
      }
    };
  }

  @Override
  public Pool pool(String name, int threadsMax, int queuedMax) {
    return new Pool() {
      @Override
      public boolean tryExecute(Runnable task) {
        if (full) {
          return false;
        }
        Deque<Runnable> queued = heldByName.get(name);
        if (queued != null) {
          queued.add(task);
        } else if (holding) {
          held.add(task);
        } else {
          task.run();
        }
        return true;
      }

      // The task does not become visible in the queue before the running task has returned.
      @Override
      public boolean tryExecuteNext(Runnable task) {
        Running own = running;
        Deque<Runnable> queued = heldByName.get(name);
        if (own == null || !own.pool.equals(name) || own.next != null) {
          return tryExecute(task);
        }
        if (full || queued == null || !queued.isEmpty()) {
          return tryExecute(task);
        }
        own.next = task;
        return true;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Network network() {
    throw new UnsupportedOperationException("calls go to the handler directly");
  }
}
