package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A client and a server in a simulation. Copies take several seconds of simulated time, and the
 * disk fails as planned.
 */
final class CopyPair {
  static final int LEASE_SECONDS = 20;
  static final int SIZE = 1 << 20;

  /** Eight seconds for the file. */
  static final int BYTES_PER_SECOND = SIZE / 8;

  private static final Duration TIMEOUT = Duration.ofMinutes(30);
  private static final int PORT = 2049;
  private static final int TRACE_LINES_MAX = 300;

  final Simulation world;
  final io.ferrynfs.storage.testkit.faults.FaultPlan disk =
      new io.ferrynfs.storage.testkit.faults.FaultPlan();
  final byte[] content = World.random(SIZE);
  private final SimEnv clientHost;
  private final SimEnv serverHost;
  private final MemoryVolume volume;
  private final Deque<String> trace = new ArrayDeque<>();
  final NfsServer server;
  final NfsClient client;

  CopyPair(long seed) throws ExecutionException {
    world = new Simulation(seed);
    world.trace(this::note);
    serverHost = world.host("server");
    clientHost = world.host("client");
    volume = MemoryVolume.builder("copies", world::instant).without(Feature.CLONE).build();
    VolumeFiles.put(volume, "source", content);
    server = start();
    client =
        await(
            NfsClient.builder()
                .env(clientHost)
                .user(0, 0, List.of())
                .readBytesMax(1 << 16)
                .writeBytesMax(1 << 16)
                .connectAsync(new InetSocketAddress(serverHost.address(), PORT)));
  }

  private NfsServer start() {
    CopyLimits copies =
        CopyLimits.builder()
            .chunkBytesMin(1 << 16)
            .answeredAtOnceBytesMax(0)
            .bytesPerSecondMax(BYTES_PER_SECOND)
            .build();
    try {
      return NfsServer.builder(serverHost)
          .listen(new InetSocketAddress(serverHost.address(), PORT))
          .limits(
              ServerLimits.builder()
                  .leaseSeconds(LEASE_SECONDS)
                  .courtesy(CourtesyLimits.none())
                  .copies(copies)
                  .build())
          .export("/", new FaultyVolume(volume, disk))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  /** Partitions the two hosts for a while; neither is notified. */
  void partition(Duration time) {
    world.partition("server", "client");
    later(time, () -> world.heal("server", "client"));
  }

  /** Returns the content of a file, read directly from the volume. */
  byte[] content(String name) {
    return VolumeFiles.content(volume, name);
  }

  /** Closes the client and expects that neither side holds any resource after the lease. */
  void expectNothingHeld() throws ExecutionException {
    world.faults(NetworkFaults.NONE);
    disk.heal();
    await(client.closeAsync());
    world.run(Duration.ofSeconds(4 * LEASE_SECONDS));
    assertThat(
            new Held(
                server.connectionCount(),
                server.clientCount(),
                server.sessionCount(),
                server.stateidCount(),
                server.hasNoCopies(),
                volume.openFileCount(),
                serverHost.recordsHeld(),
                clientHost.recordsHeld()))
        .isEqualTo(new Held(0, 0, 0, 0, true, 0, 0, 0));
  }

  /** The resources that a client can leave behind. */
  private record Held(
      int connections,
      int clients,
      int sessions,
      int stateids,
      boolean noCopies,
      int openFiles,
      int serverRecords,
      int clientRecords) {}
}
