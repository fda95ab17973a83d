package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;

/** A process on a host of a {@link Simulation}. */
public final class SimEnv implements Env {
  private static final long POOL_JITTER_NANOS = 20_000;

  private final Simulation world;
  private final String name;
  private final InetAddress address;
  private final SeededRandom random;
  private final SimNetwork network;
  private int recordsHeld;
  private boolean dead;
  private boolean unreachable;
  private long pausedUntilNanos;

  SimEnv(Simulation world, String name, InetAddress address, SeededRandom random) {
    this.world = world;
    this.name = name;
    this.address = address;
    this.random = random;
    this.network = new SimNetwork(world, this);
  }

  /** Returns the name of the host. */
  public String name() {
    return name;
  }

  /** Returns the address of the host, which a restart does not change. */
  public InetAddress address() {
    return address;
  }

  /** Returns whether the process was killed. */
  public boolean isDead() {
    return dead;
  }

  /**
   * Kills the process like SIGKILL. Its timers, tasks and callbacks do not run again, and the peers
   * of its connections see them end.
   */
  public void kill() {
    end(true);
  }

  /**
   * Ends the process like a power failure, without a notice to its peers. A peer detects the end
   * when its messages are not acknowledged, or when the restarted host resets the connection.
   */
  public void powerOff() {
    end(false);
  }

  /**
   * Stops the process for a time like SIGSTOP. Events that become due during the pause run after
   * it, in order. Messages from peers wait.
   */
  public void pause(Duration time) {
    world.note("pause " + name + " " + time);
    pausedUntilNanos = Math.max(pausedUntilNanos, world.nanoTime() + time.toNanos());
    world.at(pausedUntilNanos, this, world::deliverAllWaiting);
  }

  long pausedUntilNanos() {
    return pausedUntilNanos;
  }

  boolean isPaused() {
    return pausedUntilNanos > world.nanoTime();
  }

  boolean isUnreachable() {
    return unreachable;
  }

  private void end(boolean isNoticed) {
    unreachable = !isNoticed;
    world.note((isNoticed ? "kill " : "power off ") + name);
    dead = true;
    network.hostEnded(isNoticed);
  }

  /** Starts a new process on the host of a killed process. */
  public SimEnv restart() {
    if (!dead) {
      kill();
    }
    world.note("restart " + name);
    SimEnv next = new SimEnv(world, name, address, new SeededRandom(random.nextLong()));
    world.replace(next);
    network.hostRestarted();
    return next;
  }

  void recordTaken() {
    recordsHeld++;
  }

  void recordReleased() {
    recordsHeld--;
  }

  /** Returns the number of records that the process has received and not released. */
  public int recordsHeld() {
    return recordsHeld;
  }

  SimNetwork simNetwork() {
    return network;
  }

  void deliverWaiting() {
    network.deliverWaiting();
  }

  @Override
  public Ticker ticker() {
    return world::nanoTime;
  }

  @Override
  public InstantSource clock() {
    return world::instant;
  }

  @Override
  public Timers timers() {
    return this::schedule;
  }

  private Cancellable schedule(Duration delay, Runnable task) {
    boolean[] hasRun = new boolean[1];
    Simulation.Event event =
        world.at(
            world.nanoTime() + delay.toNanos(),
            this,
            () -> {
              hasRun[0] = true;
              task.run();
            });
    return () -> {
      boolean willRun = !hasRun[0] && !event.isCancelled;
      event.isCancelled = true;
      return willRun;
    };
  }

  @Override
  public RandomSource random() {
    return random;
  }

  @Override
  public Pool pool(String poolName, int threadsMax, int queuedMax) {
    return new SimPool(threadsMax, queuedMax);
  }

  @Override
  public Network network() {
    return network;
  }

  /**
   * A pool that runs one task at a time. The order depends on the seed if the pool has several
   * threads.
   */
  private final class SimPool implements Pool {
    private final int threadsMax;
    private final int tasksMax;
    private final LinkedHashSet<Waiting> waiting = new LinkedHashSet<>();
    private boolean closed;
    private long last;

    SimPool(int threadsMax, int queuedMax) {
      this.threadsMax = threadsMax;
      this.tasksMax = (int) Math.min(Integer.MAX_VALUE, (long) threadsMax + queuedMax);
    }

    @Override
    public boolean tryExecute(Runnable task) {
      if (closed || waiting.size() >= tasksMax) {
        return false;
      }
      Waiting once = new Waiting(task);
      waiting.add(once);
      long at = world.nanoTime() + random.nextLong(POOL_JITTER_NANOS);
      if (threadsMax == 1) {
        at = Math.max(at, last);
        last = at;
      }
      world.at(at, SimEnv.this, () -> runOnce(once));
      return true;
    }

    private void runOnce(Waiting task) {
      if (waiting.remove(task)) {
        task.body.run();
      }
    }

    @Override
    public void close() {
      closed = true;
      while (!waiting.isEmpty()) {
        runOnce(waiting.getFirst());
      }
    }
  }

  /** A queued task. The queue may have the same body twice. */
  private static final class Waiting {
    private final Runnable body;

    Waiting(Runnable body) {
      this.body = body;
    }
  }
}
