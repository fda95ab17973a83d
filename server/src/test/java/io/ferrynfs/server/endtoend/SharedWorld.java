package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Two clients of one server that lock, cache and change the same files. */
final class SharedWorld {
  static final String ALPHA = "alpha";
  static final String BETA = "beta";
  static final String SERVER = "server";

  private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration DOWN_TIME = Duration.ofSeconds(1);
  private static final int LOG_BYTES = 100;
  private static final int TRACE_LINES_MAX = 300;

  /** No run takes longer in simulated time; most take seconds. */
  private static final Duration TIME_MAX = Duration.ofMinutes(10);

  private final Simulation world;
  private final SimulatedServer server;
  private final Deque<String> trace = new ArrayDeque<>();
  private final SharedFileUser alpha;
  private final SharedFileUser beta;
  private long written = LOG_BYTES;
  private boolean serverIsDown;

  SharedWorld(long seed, boolean isTraced) throws ExecutionException {
    world = new Simulation(seed);
    if (isTraced) {
      world.trace(this::note);
    }
    server = new SimulatedServer(world, SERVER, 1);
    server.put("counter", new byte[Long.BYTES]);
    server.put("log", new byte[LOG_BYTES]);
    alpha = new SharedFileUser(this, ALPHA, connect(ALPHA));
    beta = new SharedFileUser(this, BETA, connect(BETA));
  }

  private NfsClient connect(String name) throws ExecutionException {
    return world.await(
        NfsClient.builder()
            .env(world.host(name))
            .user(0, 0, List.of())
            .progressTimeout(PROGRESS_TIMEOUT)
            .connectAsync(server.address()),
        TIME_MAX);
  }

  private void note(String line) {
    if (trace.size() == TRACE_LINES_MAX) {
      trace.removeFirst();
    }
    trace.addLast(line);
  }

  /** Returns the last lines of the network's trace. */
  List<String> trace() {
    return List.copyOf(trace);
  }

  SimEnv host(String name) {
    return world.host(name);
  }

  /** Returns the length in bytes up to which the log is durable. */
  long written() {
    return written;
  }

  void written(long bytes) {
    written = Math.max(written, bytes);
  }

  void faults(NetworkFaults plan) {
    world.faults(plan);
  }

  /** Runs a task after a delay, on a host of its own. */
  void later(Duration delay, Runnable task) {
    world.host("fate").timers().schedule(delay, task);
  }

  /** Kills a process unless it is the last client. The server restarts afterwards. */
  void kill(String name) {
    if (name.equals(SERVER)) {
      if (!serverIsDown) {
        serverIsDown = true;
        server.kill();
        later(
            DOWN_TIME,
            () -> {
              serverIsDown = false;
              server.restart();
            });
      }
    } else if (!world.host(ALPHA).isDead() && !world.host(BETA).isDead()) {
      world.host(name).kill();
    }
  }

  private boolean isFinished(SharedFileUser user, String name) {
    return world.host(name).isDead() || user.work().isDone();
  }

  /** Runs both clients until each has finished or is dead, in time. */
  void run() throws ExecutionException {
    alpha.incrementAndWatch();
    beta.appendAndIncrement();
    assertThat(world.runUntil(() -> isFinished(alpha, ALPHA) && isFinished(beta, BETA), TIME_MAX))
        .as("both clients finish in time")
        .isTrue();
    for (SharedFileUser user : living()) {
      world.await(user.work(), TIME_MAX);
    }
  }

  private List<SharedFileUser> living() {
    if (world.host(ALPHA).isDead()) {
      return List.of(beta);
    }
    return world.host(BETA).isDead() ? List.of(alpha) : List.of(alpha, beta);
  }

  /**
   * Expects that the counter contains every certain increment and no unknown one, and that the log
   * is complete.
   */
  void expectCorrectCounts() {
    long value = java.nio.ByteBuffer.wrap(server.content("counter")).getLong();
    long known = alpha.counted() + beta.counted();
    assertThat(value).isBetween(known, known + alpha.possiblyCounted() + beta.possiblyCounted());
    assertThat((long) server.content("log").length).isGreaterThanOrEqualTo(written);
  }

  /** Returns the failures of both clients. */
  List<Object> failures() {
    return List.of(alpha.failures(), beta.failures());
  }

  /** Closes the living clients and expects that the server holds no resource after their leases. */
  void expectNothingHeld() throws ExecutionException {
    world.faults(NetworkFaults.NONE);
    var closedAlpha = alpha.client().closeAsync();
    var closedBeta = beta.client().closeAsync();
    assertThat(
            world.runUntil(
                () ->
                    (closedAlpha.isDone() || world.host(ALPHA).isDead())
                        && (closedBeta.isDone() || world.host(BETA).isDead()),
                TIME_MAX))
        .as("both clients close in time")
        .isTrue();
    world.run(Duration.ofSeconds(4 * SimulatedServer.LEASE_SECONDS));
    assertThat(server.held()).isEqualTo(SimulatedServer.Held.nothing(SERVER));
    for (String name : List.of(ALPHA, BETA)) {
      assertThat(world.host(name).isDead() ? 0 : world.host(name).recordsHeld()).isZero();
    }
  }
}
