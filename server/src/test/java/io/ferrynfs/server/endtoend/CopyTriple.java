package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A client, a source and a destination in a simulation: three processes that the test may kill. */
final class CopyTriple {
  static final int SIZE = 1 << 19;

  /** Four seconds for the file. */
  private static final int BYTES_PER_SECOND = SIZE / 4;

  /** Longer than a destination keeps its idle connection to a source. */
  private static final Duration LINKS_EXPIRED = Duration.ofSeconds(200);

  private static final Duration TIMEOUT = Duration.ofMinutes(60);
  private static final int TRACE_LINES_MAX = 400;

  final Simulation world;
  final byte[] content;
  final SimulatedServer source;
  final SimulatedServer destination;
  private final SimEnv clientHost;
  private final NfsClient sourceClient;
  private final NfsClient destinationClient;
  private final Deque<String> trace = new ArrayDeque<>();

  CopyTriple(long seed) throws ExecutionException {
    this(seed, SIZE);
  }

  /** Creates the three with a file of this size. */
  CopyTriple(long seed, int bytes) throws ExecutionException {
    content = World.random(bytes);
    world = new Simulation(seed);
    world.trace(this::note);
    source = new SimulatedServer(world, "source", 0);
    destination = new SimulatedServer(world, "destination", BYTES_PER_SECOND);
    source.put("file", content);
    clientHost = world.host("client");
    sourceClient = connect(source);
    destinationClient = connect(destination);
  }

  private NfsClient connect(SimulatedServer server) throws ExecutionException {
    return await(
        NfsClient.builder()
            .env(clientHost)
            .user(0, 0, List.of())
            .readBytesMax(1 << 16)
            .writeBytesMax(1 << 16)
            .connectAsync(server.address()));
  }

  /** Starts a copy of {@code file} at the source to {@code copy} at the destination. */
  CopyHandle startCopy() {
    return sourceClient.startCopy(
        NfsPath.of("/file"),
        destinationClient,
        NfsPath.of("/copy"),
        NfsCopyOptions.builder().progressEvery(Duration.ofSeconds(1)).build());
  }

  SimulatedServer server(String host) {
    return host.equals("source") ? source : destination;
  }

  /** Kills a process as {@code kill -9} does. */
  void kill(String host) {
    if (!host.equals("client")) {
      server(host).kill();
    } else if (!clientHost.isDead()) {
      clientHost.kill();
    }
  }

  private void note(String line) {
    if (trace.size() == TRACE_LINES_MAX) {
      trace.removeFirst();
    }
    trace.addLast(line);
  }

  /** Returns the last lines of the network's trace. */
  String trace() {
    return String.join("\n", trace);
  }

  <T> T await(CompletableFuture<T> future) throws ExecutionException {
    return world.await(future, TIMEOUT);
  }

  /** Runs a task after a delay, on a host of its own. */
  void later(Duration delay, Runnable task) {
    world.host("fate").timers().schedule(delay, task);
  }

  /** Partitions two hosts for a while; neither is notified. */
  void partition(String one, String other, Duration time) {
    world.partition(one, other);
    later(time, () -> world.heal(one, other));
  }

  /** Closes the client if it is alive, and expects that no process holds any resource. */
  void expectNothingHeld() throws ExecutionException {
    world.faults(NetworkFaults.NONE);
    source.disk.heal();
    destination.disk.heal();
    if (!clientHost.isDead()) {
      await(sourceClient.closeAsync());
      await(destinationClient.closeAsync());
      assertThat(clientHost.recordsHeld()).isZero();
    }
    world.run(LINKS_EXPIRED);
    assertThat(List.of(source.held(), destination.held()))
        .containsExactly(
            SimulatedServer.Held.nothing("source"), SimulatedServer.Held.nothing("destination"));
  }
}
