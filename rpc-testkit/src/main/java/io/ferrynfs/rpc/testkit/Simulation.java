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
 * The world: its clock, what is going to happen, and who can reach whom. Everything happens on the
 * thread that calls {@link #run}, {@link #runUntil} or {@link #await}; there is no other.
 *
 * <p>A run repeats itself only as far as the programs in it do: what they do must not depend on the
 * order of a hash table of objects without a {@code hashCode} of their own.
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

  /** A world that runs the same way each time it is made with this seed. */
  public Simulation(long seed) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
  }

  /** Something that is going to happen. */
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

  /** The host of this name, made when first asked for, with an address 10.0.0.x. */
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

  /** A name that means these addresses from now on, whatever host is called so. */
  public void name(String name, InetAddress... addresses) {
    names.put(name, List.of(addresses));
  }

  /** What a name means: none when nothing is called so. */
  List<InetAddress> addressesOf(String name) {
    SimEnv called = hosts.get(name);
    return names.getOrDefault(name, called == null ? List.of() : List.of(called.address()));
  }

  /** The host that has an address, or null. */
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
   * How long messages take.
   *
   * @param least the shortest time
   * @param more a random time up to this is added
   */
  public void latency(Duration least, Duration more) {
    latency = least;
    jitter = more;
  }

  /** Who decides what becomes of messages sent from now on. */
  public void faults(NetworkFaults plan) {
    faults = plan;
  }

  /** Who gets a line for everything that happens on the network. */
  public void trace(Consumer<String> lines) {
    tracer = lines;
  }

  /** Cuts two hosts off from each other: nothing arrives, and nobody is told. */
  public void partition(String one, String other) {
    partitions.add(Set.of(one, other));
    note("partition " + one + " | " + other);
  }

  /** Ends a partition: what was sent and waits goes on. */
  public void heal(String one, String other) {
    partitions.remove(Set.of(one, other));
    note("heal " + one + " | " + other);
    pumpAll();
  }

  /** What is under way to those who may take it again goes on. */
  void pumpAll() {
    hosts.values().forEach(SimEnv::healed);
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

  /** Whether anybody reads what is noted: most runs are not looked at. */
  private boolean isTraced() {
    return tracer != null;
  }

  void note(String line) {
    Consumer<String> to = tracer;
    if (to != null) {
      to.accept("%d.%09d %s".formatted(now / 1_000_000_000, now % 1_000_000_000, line));
    }
  }

  /** Virtual nanoseconds since the world began. */
  public long nanoTime() {
    return now;
  }

  /** The virtual date. */
  public Instant instant() {
    return EPOCH.plusNanos(now);
  }

  long transitNanos() {
    return latency.toNanos() + (jitter.isZero() ? 0 : random.nextLong(jitter.toNanos()));
  }

  /** Adds an event for a host, which does not happen if the host is killed before. */
  Event at(long time, @Nullable SimEnv owner, Runnable body) {
    Event event = new Event(Math.max(time, now), sequence++, owner, body);
    events.add(event);
    return event;
  }

  /** Lets a time pass. */
  public void run(Duration time) {
    long end = now + time.toNanos();
    runWhile(() -> true, end);
    now = end;
  }

  /**
   * Lets time pass until something is so.
   *
   * @return false when it is not so within the time
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
   * Lets time pass until a future is complete, and returns its value.
   *
   * @throws ExecutionException when it completes exceptionally
   * @throws IllegalStateException when it is not complete within the time
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

  private void runWhile(BooleanSupplier goOn, long end) {
    long left = EVENTS_PER_RUN_MAX;
    while (goOn.getAsBoolean()) {
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
        throw new IllegalStateException("endless (seed " + seed + ")");
      }
      now = next.at;
      next.body.run();
    }
  }
}
