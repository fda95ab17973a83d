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

/** One process on one host of a {@link Simulation}. */
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

  /** The host's name. */
  public String name() {
    return name;
  }

  /** The host's address, which a restart keeps. */
  public InetAddress address() {
    return address;
  }

  /** Whether it was killed. */
  public boolean isDead() {
    return dead;
  }

  /**
   * Ends the process as {@code kill -9} does: none of its timers, tasks or callbacks runs again,
   * and the peers of its connections see them end.
   */
  public void kill() {
    end(true);
  }

  /**
   * Ends the process as a power failure does: nobody is told. Peers find out when what they send
   * meets the restarted host or nobody takes it.
   */
  public void powerOff() {
    end(false);
  }

  /**
   * Stops the process for a time as SIGSTOP does: what is due meanwhile happens after it, all at
   * once and in order, and what peers send waits.
   */
  public void pause(Duration time) {
    world.note("pause " + name + " " + time);
    pausedUntilNanos = Math.max(pausedUntilNanos, world.nanoTime() + time.toNanos());
    world.at(pausedUntilNanos, this, world::pumpAll);
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

  /** Starts an empty process on the host of one that was killed. */
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

  /** Records that this process has received and not released. */
  public int recordsHeld() {
    return recordsHeld;
  }

  SimNetwork simNetwork() {
    return network;
  }

  void healed() {
    network.healed();
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

  /** Tasks run one by one, in an order that depends on the seed when there are several threads. */
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

  /** A task in a queue; the same body can wait twice. */
  private static final class Waiting {
    private final Runnable body;

    Waiting(Runnable body) {
      this.body = body;
    }
  }
}
