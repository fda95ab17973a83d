package io.ferrynfs.server.endtoend;

import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/**
 * A server on its own host in a simulation. Its copies take seconds of simulated time, its disk
 * fails as planned, and it restarts with its volume and its client registry.
 */
final class SimulatedServer {
  static final int LEASE_SECONDS = 20;
  static final int PORT = 2049;

  final FaultPlan disk = new FaultPlan();
  private final MemoryClientRegistry registry = new MemoryClientRegistry();
  private final String name;
  private final int copiedBytesPerSecond;
  private SimEnv host;
  private MemoryVolume volume;
  private NfsServer server;

  SimulatedServer(Simulation world, String name, int copiedBytesPerSecond) {
    this.name = name;
    this.copiedBytesPerSecond = copiedBytesPerSecond;
    this.host = world.host(name);
    this.volume = MemoryVolume.builder(name, world::instant).without(Feature.CLONE).build();
    this.server = start();
  }

  private NfsServer start() {
    CopyLimits copies =
        CopyLimits.builder()
            .chunkBytesMin(1 << 16)
            .answeredAtOnceBytesMax(0)
            .bytesPerSecondMax(copiedBytesPerSecond)
            .build();
    try {
      return NfsServer.builder(host)
          .listen(address())
          .identity(new ServerIdentity(Opaque.ofUtf8(name), Opaque.ofUtf8(name)))
          .clientRegistry(registry)
          .limits(
              ServerLimits.builder()
                  .leaseSeconds(LEASE_SECONDS)
                  .courtesy(CourtesyLimits.none())
                  .ioBytesMax(1 << 16)
                  .copies(copies)
                  .build())
          .export("/", new FaultyVolume(volume, disk))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host.address(), PORT);
  }

  NfsServer nfs() {
    return server;
  }

  /** Kills the process as {@code kill -9} does. */
  void kill() {
    if (!host.isDead()) {
      host.kill();
    }
  }

  /** Restarts the server with its volume and its client registry. */
  void restart() {
    kill();
    volume = volume.reopen();
    host = host.restart();
    server = start();
  }

  void put(String file, byte[] bytes) {
    VolumeFiles.put(volume, file, bytes);
  }

  /** Returns the content of a file, read directly from the volume. */
  byte[] content(String file) {
    return VolumeFiles.content(volume, file);
  }

  /** The resources that a server can hold for its clients. */
  record Held(
      String server,
      int connections,
      int clients,
      int sessions,
      int stateids,
      boolean noCopies,
      int openFiles,
      int records) {

    static Held nothing(String server) {
      return new Held(server, 0, 0, 0, 0, true, 0, 0);
    }
  }

  /** Returns the resources that the server holds now. */
  Held held() {
    return new Held(
        name,
        server.connectionCount(),
        server.clientCount(),
        server.sessionCount(),
        server.stateidCount(),
        server.hasNoCopies(),
        volume.openFileCount(),
        host.recordsHeld());
  }
}
