package io.ferrynfs.server.endtoend;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A server in a simulation that restarts with its volume and its client registry, and its clients.
 * A copy of {@link #SIZE} bytes takes eight seconds.
 */
final class RestartWorld {
  static final Duration LEASE = Duration.ofSeconds(20);
  static final int SIZE = 1 << 20;

  private static final Duration TIMEOUT = Duration.ofMinutes(30);
  private static final int PORT = 2049;
  private static final Opaque NAME = Opaque.ofUtf8("restarts");

  final Simulation world;
  private final MemoryClientRegistry registry = new MemoryClientRegistry();
  private MemoryVolume volume;
  private SimEnv host;
  private NfsServer server;
  private long startedNanos;

  RestartWorld(long seed) {
    world = new Simulation(seed);
    host = world.host("server");
    volume = MemoryVolume.builder("restarts", world::instant).without(Feature.CLONE).build();
    server = start();
  }

  private NfsServer start() {
    CopyLimits copies =
        CopyLimits.builder()
            .chunkBytesMin(1 << 16)
            .answeredAtOnceBytesMax(0)
            .bytesPerSecondMax(SIZE / 8)
            .build();
    startedNanos = world.nanoTime();
    try {
      return NfsServer.builder(host)
          .listen(new InetSocketAddress(host.address(), PORT))
          .identity(new ServerIdentity(NAME, NAME))
          .limits(
              ServerLimits.builder()
                  .leaseSeconds((int) LEASE.toSeconds())
                  .courtesy(CourtesyLimits.none())
                  .copies(copies)
                  .build())
          .clientRegistry(registry)
          .export("/", volume)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the process after a delay and starts another after the down time. */
  void killIn(Duration delay, Duration downTime) {
    later(
        delay,
        () -> {
          host.kill();
          later(downTime, this::restart);
        });
  }

  private void restart() {
    volume = volume.reopen();
    host = host.restart();
    server = start();
  }

  void later(Duration delay, Runnable task) {
    world.host("fate").timers().schedule(delay, task);
  }

  NfsServer server() {
    return server;
  }

  /** Returns how long the current server has been running. */
  Duration sinceStart() {
    return Duration.ofNanos(world.nanoTime() - startedNanos);
  }

  /** Returns the counts of an operation at the current server. */
  ServerStatistics.OperationCount operationCount(NfsOpnum4 operation) {
    return server
        .statistics()
        .operations()
        .getOrDefault(
            operation, new ServerStatistics.OperationCount(0, 0, Duration.ZERO, Duration.ZERO));
  }

  /** Connects a client on a new host. */
  NfsClient connect(String name) throws ExecutionException {
    return connect(name, Duration.ofMinutes(1));
  }

  NfsClient connect(String name, Duration progressTimeout) throws ExecutionException {
    return await(
        NfsClient.builder()
            .env(world.host(name))
            .progressTimeout(progressTimeout)
            .user(0, 0, List.of())
            .readBytesMax(1 << 16)
            .writeBytesMax(1 << 16)
            .connectAsync(new InetSocketAddress(host.address(), PORT)));
  }

  <T> T await(CompletableFuture<T> future) throws ExecutionException {
    return world.await(future, TIMEOUT);
  }

  /** Creates a file with this content and leaves it open for reading and writing. */
  NfsFile make(NfsClient client, String path, byte[] content) throws ExecutionException {
    NfsFile file =
        await(
            client.openAsync(
                NfsPath.of(path),
                NfsOpenOptions.forReplacing(0644).toBuilder().read(true).build()));
    await(file.writeAsync(ByteBuffer.wrap(content), 0));
    await(file.syncAsync());
    return file;
  }

  byte[] read(NfsFile file) throws ExecutionException {
    ByteBuffer into = ByteBuffer.allocate((int) await(file.attributesAsync()).sizeBytes());
    await(file.readAsync(into, 0));
    return into.array();
  }

  byte[] read(NfsClient client, String path) throws ExecutionException {
    NfsFile file = await(client.openAsync(NfsPath.of(path), NfsOpenOptions.forReading()));
    byte[] content = read(file);
    await(file.closeAsync());
    return content;
  }
}
