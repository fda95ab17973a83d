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

/** Two clients of one server, which lock, cache and change the same files. */
final class SharedWorld {
  static final String ALPHA = "alpha";
  static final String BETA = "beta";
  static final String SERVER = "server";

  private static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration DOWN_TIME = Duration.ofSeconds(1);
  private static final int LOG_BYTES = 100;
  private static final int TRACE_LINES_MAX = 300;

  /** No run takes longer, in the time of its world; most take seconds. */
  private static final Duration TIME_MAX = Duration.ofMinutes(10);

  private final Simulation world;
  private final SimulatedServer server;
  private final Deque<String> trace = new ArrayDeque<>();
  private final Member alpha;
  private final Member beta;
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
    alpha = new Member(this, ALPHA, connect(ALPHA));
    beta = new Member(this, BETA, connect(BETA));
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

  /** What happened last on the network. */
  List<String> trace() {
    return List.copyOf(trace);
  }

  SimEnv host(String name) {
    return world.host(name);
  }

  /** How long the log is, by what somebody was told. */
  long written() {
    return written;
  }

  void written(long bytes) {
    written = Math.max(written, bytes);
  }

  void faults(NetworkFaults plan) {
    world.faults(plan);
  }

  /** Does something after a while, without anybody's host. */
  void later(Duration delay, Runnable task) {
    world.host("fate").timers().schedule(delay, task);
  }

  /** A process is killed, but for the last client. The server's is started again. */
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

  private boolean isOver(Member member, String name) {
    return world.host(name).isDead() || member.work().isDone();
  }

  /** Both do what they have to do; who lives has come to its end, in time. */
  void run() throws ExecutionException {
    alpha.countAndWatch();
    beta.countAndAppend();
    assertThat(world.runUntil(() -> isOver(alpha, ALPHA) && isOver(beta, BETA), TIME_MAX))
        .as("everything ends in time")
        .isTrue();
    for (Member member : living()) {
      world.await(member.work(), TIME_MAX);
    }
  }

  private List<Member> living() {
    if (world.host(ALPHA).isDead()) {
      return List.of(beta);
    }
    return world.host(BETA).isDead() ? List.of(alpha) : List.of(alpha, beta);
  }

  /** Nothing that somebody knows to have counted is lost, and nobody has counted by himself. */
  void expectTheCounts() {
    long value = java.nio.ByteBuffer.wrap(server.content("counter")).getLong();
    long known = alpha.counted() + beta.counted();
    assertThat(value).isBetween(known, known + alpha.perhapsCounted() + beta.perhapsCounted());
    assertThat((long) server.content("log").length).isGreaterThanOrEqualTo(written);
  }

  /** What there was to tell the users. */
  List<Object> failures() {
    return List.of(alpha.failures(), beta.failures());
  }

  /** The living close; after their leases the server has nothing of anybody. */
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
        .as("closing ends in time")
        .isTrue();
    world.run(Duration.ofSeconds(4 * SimulatedServer.LEASE_SECONDS));
    assertThat(server.held()).isEqualTo(SimulatedServer.Held.nothing(SERVER));
    for (String name : List.of(ALPHA, BETA)) {
      assertThat(world.host(name).isDead() ? 0 : world.host(name).recordsHeld()).isZero();
    }
  }
}
