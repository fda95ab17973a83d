package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** One server and one client in a simulation. */
final class SimulatedPair {
  static final String SERVER = "server";
  static final String CLIENT = "client";
  static final int LEASE_SECONDS = 20;

  private static final int PORT = 2049;
  private static final int TRANSFER_BYTES = 16 << 10;
  private static final int TRACE_LINES_MAX = 400;
  private static final Duration PROGRESS_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration TIMEOUT = Duration.ofMinutes(30);
  private static final Opaque NAME = Opaque.ofUtf8("simulated");

  private final Simulation world;
  private final SimEnv clientHost;
  private final Deque<String> trace = new ArrayDeque<>();
  private final MemoryClientRegistry registry = new MemoryClientRegistry();
  private SimEnv serverHost;
  private MemoryVolume volume;
  private NfsServer server;

  SimulatedPair(long seed) {
    world = new Simulation(seed);
    world.trace(this::note);
    serverHost = world.host(SERVER);
    clientHost = world.host(CLIENT);
    volume = MemoryVolume.builder("simulated", world::instant).build();
    server = startServer();
  }

  private void note(String line) {
    if (trace.size() == TRACE_LINES_MAX) {
      trace.removeFirst();
    }
    trace.addLast(line);
  }

  private NfsServer startServer() {
    try {
      return NfsServer.builder(serverHost)
          .listen(new InetSocketAddress(serverHost.address(), PORT))
          .limits(
              ServerLimits.builder()
                  .leaseSeconds(LEASE_SECONDS)
                  .courtesy(CourtesyLimits.none())
                  .build())
          .identity(new ServerIdentity(NAME, NAME))
          .clientRegistry(registry)
          .export("/", volume)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Simulation world() {
    return world;
  }

  /** Returns the last lines of the network's trace. */
  List<String> trace() {
    return List.copyOf(trace);
  }

  void faults(NetworkFaults plan) {
    world.faults(plan);
  }

  NfsClient connect() throws ExecutionException {
    return await(
        NfsClient.builder()
            .env(clientHost)
            .user(0, 0, List.of())
            .readBytesMax(TRANSFER_BYTES)
            .writeBytesMax(TRANSFER_BYTES)
            .window(4)
            .progressTimeout(PROGRESS_TIMEOUT)
            .connectAsync(new InetSocketAddress(serverHost.address(), PORT)));
  }

  /** Advances the simulation until the future completes, which it must. */
  <T> T await(CompletableFuture<T> future) throws ExecutionException {
    return world.await(future, TIMEOUT);
  }

  /** Runs a task after a delay, on a host of its own. */
  void later(Duration delay, Runnable task) {
    world.host("fate").timers().schedule(delay, task);
  }

  /** Kills the server's process and starts another on the same volume after a while. */
  void killServer(Duration downTime) {
    endServer(downTime, SimEnv::kill);
  }

  /** Powers the server off, which the client does not notice, and starts it again after a while. */
  void powerOffServer(Duration downTime) {
    endServer(downTime, SimEnv::powerOff);
  }

  private void endServer(Duration downTime, Consumer<SimEnv> how) {
    if (serverHost.isDead()) {
      return;
    }
    how.accept(serverHost);
    later(
        downTime,
        () -> {
          volume = volume.reopen();
          serverHost = serverHost.restart();
          server = startServer();
        });
  }

  /** Partitions the two hosts for a while; neither is notified. */
  void partition(Duration time) {
    world.partition(SERVER, CLIENT);
    later(time, () -> world.heal(SERVER, CLIENT));
  }

  /** Expects that a closed client holds no resource, at the latest after its lease. */
  void expectNothingHeld() {
    world.faults(NetworkFaults.NONE);
    world.run(Duration.ofSeconds(2 * LEASE_SECONDS));
    assertThat(
            new Held(
                server.connectionCount(),
                server.clientCount(),
                server.sessionCount(),
                server.stateidCount(),
                volume.openFileCount(),
                serverHost.recordsHeld(),
                clientHost.recordsHeld()))
        .isEqualTo(new Held(0, 0, 0, 0, 0, 0, 0));
  }

  /** The resources that a peer can leave behind. */
  private record Held(
      int connections,
      int clients,
      int sessions,
      int stateids,
      int openFiles,
      int serverRecords,
      int clientRecords) {}
}
