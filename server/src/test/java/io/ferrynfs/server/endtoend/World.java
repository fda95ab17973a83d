package io.ferrynfs.server.endtoend;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Servers with volumes in memory in a simulation, and their clients. */
final class World {

  static final Duration LONG = Duration.ofHours(1);
  private static final int PORT = 2049;

  final Simulation simulation;
  private final Map<String, MemoryVolume> volumes = new HashMap<>();
  private final Map<String, MemoryClientRegistry> registries = new HashMap<>();

  World(long seed) {
    this.simulation = new Simulation(seed);
  }

  /** Starts a server on a host of this name. */
  void serve(String name) throws IOException {
    MemoryVolume volume = MemoryVolume.builder(name, simulation::instant).build();
    volumes.put(name, volume);
    registries.put(name, new MemoryClientRegistry());
    start(name, simulation.host(name), volume);
  }

  /** Starts a server of this volume. */
  void serve(String name, Volume volume) throws IOException {
    registries.put(name, new MemoryClientRegistry());
    start(name, simulation.host(name), volume);
  }

  private void start(String name, SimEnv host, Volume volume) throws IOException {
    Opaque identity = Opaque.ofUtf8(name);
    MemoryClientRegistry registry = registries.get(name);
    if (registry == null) {
      throw new IllegalArgumentException(name);
    }
    NfsServer started =
        NfsServer.builder(host)
            .listen(new InetSocketAddress(PORT))
            .identity(new ServerIdentity(identity, identity))
            .clientRegistry(registry)
            .export("/", volume)
            .start();
    if (started.localAddress().getPort() != PORT) {
      throw new IllegalStateException("listens on another port");
    }
  }

  /** Kills a server and restarts it with its volume. */
  void restart(String name) {
    try {
      MemoryVolume volume = volumes.get(name);
      if (volume == null) {
        throw new IllegalArgumentException(name);
      }
      MemoryVolume reopened = volume.reopen();
      volumes.put(name, reopened);
      start(name, simulation.host(name).restart(), reopened);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  NfsClient connect(String name) throws NfsException {
    return connect(name, 2);
  }

  NfsClient connect(String name, int minorVersion) throws NfsException {
    return await(
        NfsClient.builder()
            .env(simulation.host("client"))
            .user(0, 0, List.of())
            .minorVersion(minorVersion)
            .readBytesMax(1 << 16)
            .writeBytesMax(1 << 16)
            .connectAsync(InetSocketAddress.createUnresolved(name, PORT)));
  }

  /** Advances the simulation until the future completes. */
  <T> T await(CompletableFuture<T> future) throws NfsException {
    try {
      return simulation.await(future, LONG);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof NfsException known) {
        throw known;
      }
      throw new IllegalStateException(failed);
    }
  }

  void write(NfsClient client, String path, byte[] data) throws NfsException {
    NfsFile file = await(client.openAsync(NfsPath.of(path), NfsOpenOptions.forReplacing(0644)));
    await(file.writeAsync(ByteBuffer.wrap(data), 0));
    await(file.closeAsync());
  }

  byte[] read(NfsClient client, String path) throws NfsException {
    NfsFile file = await(client.openAsync(NfsPath.of(path), NfsOpenOptions.forReading()));
    long size = await(file.attributesAsync()).sizeBytes();
    ByteBuffer into = ByteBuffer.allocate(Math.toIntExact(size));
    await(file.readAsync(into, 0));
    await(file.closeAsync());
    return into.array();
  }

  static byte[] random(int bytes) {
    byte[] data = new byte[bytes];
    new Random(bytes).nextBytes(data);
    return data;
  }
}
