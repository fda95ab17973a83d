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

/** A client, a source and a destination in a simulated world: three processes that may die. */
final class CopyTriple {
  static final int SIZE = 1 << 19;

  /** Four seconds for the file. */
  private static final int BYTES_PER_SECOND = SIZE / 4;

  /** How long a destination keeps its link to a source, and a while more. */
  private static final Duration LINKS_GONE = Duration.ofSeconds(200);

  private static final Duration PATIENCE = Duration.ofMinutes(60);
  private static final int TRACE_LINES_MAX = 400;

  final Simulation world;
  final byte[] content;
  final SimulatedServer source;
  final SimulatedServer destination;
  private final SimEnv clientHost;
  private final NfsClient reading;
  private final NfsClient writing;
  private final Deque<String> trace = new ArrayDeque<>();

  CopyTriple(long seed) throws ExecutionException {
    this(seed, SIZE);
  }

  /** With a file of another size. */
  CopyTriple(long seed, int bytes) throws ExecutionException {
    content = World.random(bytes);
    world = new Simulation(seed);
    world.trace(this::note);
    source = new SimulatedServer(world, "source", 0);
    destination = new SimulatedServer(world, "destination", BYTES_PER_SECOND);
    source.put("file", content);
    clientHost = world.host("client");
    reading = connect(source);
    writing = connect(destination);
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

  /** Begins to copy {@code file} of the source to {@code copy} of the destination. */
  CopyHandle startCopy() {
    return reading.startCopy(
        NfsPath.of("/file"),
        writing,
        NfsPath.of("/copy"),
        NfsCopyOptions.defaults().withProgressEvery(Duration.ofSeconds(1)));
  }

  SimulatedServer server(String host) {
    return host.equals("source") ? source : destination;
  }

  /** Ends a process as {@code kill -9} does. */
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

  /** What happened last on the network. */
  String trace() {
    return String.join("\n", trace);
  }

  <T> T await(CompletableFuture<T> future) throws ExecutionException {
    return world.await(future, PATIENCE);
  }

  /** Does something after a while, on nobody's host. */
  void later(Duration delay, Runnable task) {
    world.host("fate").timers().schedule(delay, task);
  }

  /** Nothing passes between the two for a while, and nobody is told. */
  void partition(String one, String other, Duration time) {
    world.partition(one, other);
    later(time, () -> world.heal(one, other));
  }

  /** The client closes or is dead; after that nobody holds anything. */
  void expectNothingHeld() throws ExecutionException {
    world.faults(NetworkFaults.NONE);
    source.disk.heal();
    destination.disk.heal();
    if (!clientHost.isDead()) {
      await(reading.closeAsync());
      await(writing.closeAsync());
      assertThat(clientHost.recordsHeld()).isZero();
    }
    world.run(LINKS_GONE);
    assertThat(List.of(source.held(), destination.held()))
        .containsExactly(
            SimulatedServer.Held.nothing("source"), SimulatedServer.Held.nothing("destination"));
  }
}
