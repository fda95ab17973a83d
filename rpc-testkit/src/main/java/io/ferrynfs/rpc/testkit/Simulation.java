package io.ferrynfs.rpc.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulation of hosts and their network: the clock, the future events and the partitions. All
 * events run on the thread that calls {@link #run}, {@link #runUntil} or {@link #await}.
 *
 * <p>A run is repeatable only if the simulated programs are. They must not depend on the order of a
 * hash table whose keys have the identity hash code.
 */
public final class Simulation {
  private static final Instant EPOCH = Instant.parse("2030-01-01T00:00:00Z");
  private static final long EVENTS_PER_RUN_MAX = 50_000_000;

  private final SeededRandom random;
  private final long seed;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<String, SimEnv> hosts = new LinkedHashMap<>();
  private final Map<String, List<InetAddress>> names = new LinkedHashMap<>();
  private final Set<Set<String>> partitions = new HashSet<>();
  private Duration latency = Duration.ofNanos(50_000);
  private Duration jitter = Duration.ofNanos(20_000);
  private NetworkFaults faults = NetworkFaults.NONE;
  private @Nullable Consumer<String> tracer;
  private long now;
  private long sequence;
  private int connections;

  /** Creates a simulation. Equal seeds yield equal runs. */
  public Simulation(long seed) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
  }

  /** A future event. */
  static final class Event implements Comparable<Event> {
    long at;
    long order;
    final @Nullable SimEnv owner;
    final Runnable body;
    boolean isCancelled;

    Event(long at, long order, @Nullable SimEnv owner, Runnable body) {
      this.at = at;
      this.order = order;
      this.owner = owner;
      this.body = body;
    }

    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /**
   * Returns the host with a name. It is created at the first use, with an address in 10.0.0.0/24.
   */
  public SimEnv host(String name) {
    SimEnv known = hosts.get(name);
    if (known != null) {
      return known;
    }
    int number = hosts.size() + 1;
    if (number > 250) {
      throw new IllegalStateException("too many hosts");
    }
    try {
      InetAddress address = InetAddress.getByAddress(name, new byte[] {10, 0, 0, (byte) number});
      SimEnv made = new SimEnv(this, name, address, new SeededRandom(seed ^ name.hashCode()));
      hosts.put(name, made);
      return made;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  void replace(SimEnv host) {
    hosts.put(host.name(), host);
  }

  /** Defines the addresses of a name. They replace the address of a host with this name. */
  public void name(String name, InetAddress... addresses) {
    names.put(name, List.of(addresses));
  }

  /** Returns the addresses of a name; empty if the name is unknown. */
  List<InetAddress> addressesOf(String name) {
    SimEnv called = hosts.get(name);
    return names.getOrDefault(name, called == null ? List.of() : List.of(called.address()));
  }

  /** Returns the host with an address, or null if there is none. */
  @Nullable SimEnv find(SimEnv from, InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      return hosts.get(address.getHostString());
    }
    if (ip.isLoopbackAddress() || ip.isAnyLocalAddress()) {
      return from;
    }
    for (SimEnv host : hosts.values()) {
      if (host.address().equals(ip)) {
        return host;
      }
    }
    return null;
  }

  /**
   * Sets the latency of messages.
   *
   * @param least the minimum latency
   * @param more the maximum of the random addition
   */
  public void latency(Duration least, Duration more) {
    latency = least;
    jitter = more;
  }

  /** Sets the faults for messages that are sent from now on. */
  public void faults(NetworkFaults plan) {
    faults = plan;
  }

  /** Sets the consumer of a trace line for each event of the network. */
  public void trace(Consumer<String> lines) {
    tracer = lines;
  }

  /** Partitions two hosts. Messages between them do not arrive, and neither host is notified. */
  public void partition(String one, String other) {
    partitions.add(Set.of(one, other));
    note("partition " + one + " | " + other);
  }

  /** Ends a partition. Messages that waited are delivered. */
  public void heal(String one, String other) {
    partitions.remove(Set.of(one, other));
    note("heal " + one + " | " + other);
    deliverAllWaiting();
  }

  /** Delivers the waiting messages whose receivers are reachable. */
  void deliverAllWaiting() {
    hosts.values().forEach(SimEnv::deliverWaiting);
  }

  boolean isPartitioned(String one, String other) {
    return !one.equals(other) && partitions.contains(Set.of(one, other));
  }

  Fate fate(SimMessage message) {
    Fate fate = faults.fate(message);
    if (isTraced()) {
      note(message + (fate.equals(Fate.DELIVER) ? "" : " " + fate));
    }
    return fate;
  }

  int nextConnection() {
    return ++connections;
  }

  SeededRandom random() {
    return random;
  }

  /** Returns whether a trace is recorded. Most runs have none. */
  private boolean isTraced() {
    return tracer != null;
  }

  void note(String line) {
    Consumer<String> to = tracer;
    if (to != null) {
      to.accept("%d.%09d %s".formatted(now / 1_000_000_000, now % 1_000_000_000, line));
    }
  }

  /** Returns the virtual time since the start, in nanoseconds. */
  public long nanoTime() {
    return now;
  }

  /** Returns the virtual date. */
  public Instant instant() {
    return EPOCH.plusNanos(now);
  }

  long transitNanos() {
    return latency.toNanos() + (jitter.isZero() ? 0 : random.nextLong(jitter.toNanos()));
  }

  /** Adds an event. If it has an owner, it does not run after the owner was killed. */
  Event at(long time, @Nullable SimEnv owner, Runnable body) {
    Event event = new Event(Math.max(time, now), sequence++, owner, body);
    events.add(event);
    return event;
  }

  /** Runs for a time. */
  public void run(Duration time) {
    long end = now + time.toNanos();
    runWhile(() -> true, end);
    now = end;
  }

  /**
   * Runs until a condition is true.
   *
   * @return false if the condition is still false after the time
   */
  public boolean runUntil(BooleanSupplier condition, Duration timeMax) {
    long end = now + timeMax.toNanos();
    runWhile(() -> !condition.getAsBoolean(), end);
    if (condition.getAsBoolean()) {
      return true;
    }
    now = end;
    return false;
  }

  /**
   * Runs until a future is complete, and returns its value.
   *
   * @throws ExecutionException if the future completes exceptionally
   * @throws IllegalStateException if the future is not complete after the time
   */
  public <T> T await(CompletableFuture<T> future, Duration timeMax) throws ExecutionException {
    if (!runUntil(future::isDone, timeMax)) {
      throw new IllegalStateException("not complete within " + timeMax + " (seed " + seed + ")");
    }
    try {
      return future.join();
    } catch (CompletionException e) {
      throw new ExecutionException(e.getCause());
    }
  }

  private void runWhile(BooleanSupplier shouldContinue, long end) {
    long left = EVENTS_PER_RUN_MAX;
    while (shouldContinue.getAsBoolean()) {
      Event next = events.peek();
      if (next == null || next.at > end) {
        return;
      }
      events.remove();
      SimEnv owner = next.owner;
      if (next.isCancelled || (owner != null && owner.isDead())) {
        continue;
      }
      if (owner != null && owner.pausedUntilNanos() > next.at) {
        next.at = owner.pausedUntilNanos();
        next.order = sequence++;
        events.add(next);
        continue;
      }
      if (left-- == 0) {
        throw new IllegalStateException("too many events (seed " + seed + ")");
      }
      now = next.at;
      next.body.run();
    }
  }
}
