package io.ferrynfs.server.source;

import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.server.Squash;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;

/** A server on a simulated host, with a volume in memory. */
final class CopyEndpoint {
  static final int PORT = 2049;

  final String name;
  final FaultPlan disk = new FaultPlan();
  private final ServerLimits limits;
  private final ServerOptions options;
  SimEnv host;
  MemoryVolume volume;
  private final Map<NfsOpnum4, Long> callsBefore = new EnumMap<>(NfsOpnum4.class);
  NfsServer server;

  CopyEndpoint(SimEnv host, ServerLimits limits, ServerOptions options) {
    this(host, host.name(), host.name(), limits, options);
  }

  /** Starts a server whose name and volume name differ from the host's. */
  CopyEndpoint(
      SimEnv host, String name, String volumeName, ServerLimits limits, ServerOptions options) {
    this(host, name, volumeName, limits, options, 0);
  }

  /** Starts a server whose files have pipes of this many bytes; 0 for none. */
  CopyEndpoint(
      SimEnv host,
      String name,
      String volumeName,
      ServerLimits limits,
      ServerOptions options,
      int pipeBytes) {
    this.name = name;
    this.host = host;
    this.limits = limits;
    this.options = options;
    this.volume =
        MemoryVolume.builder(volumeName, host.clock())
            .rootMode(0777)
            .pipes(pipeBytes)
            .without(Feature.CLONE)
            .build();
    this.server = start();
  }

  private NfsServer start() {
    Opaque identity = Opaque.ofUtf8("the server " + name);
    try {
      return NfsServer.builder(host)
          .listen(address())
          .limits(limits)
          .options(options)
          .identity(new ServerIdentity(identity, identity))
          .export("/", new FaultyVolume(volume, disk), Squash.NONE)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(host.address(), PORT);
  }

  Netloc4 location() {
    return location(address());
  }

  static Netloc4 location(InetSocketAddress address) {
    return new Netloc4.Netaddr(UniversalAddress.of(address));
  }

  /** Kills the server and restarts it with its volume. */
  void restart() {
    executed()
        .forEach((operation, count) -> callsBefore.merge(operation, count.calls(), Long::sum));
    volume = volume.reopen();
    host = host.restart();
    server = start();
  }

  /** Returns how often an operation was executed. */
  long calls(NfsOpnum4 operation) {
    ServerStatistics.OperationCount count = executed().get(operation);
    return callsBefore.getOrDefault(operation, 0L) + (count == null ? 0 : count.calls());
  }

  private SortedMap<NfsOpnum4, ServerStatistics.OperationCount> executed() {
    return server.statistics().operations();
  }

  void put(String file, byte[] content) {
    put(file, content, 0, content.length, 0644);
  }

  /** Creates a file of this size with content at an offset, and holes around it. */
  void put(String file, byte[] content, long offset, long size, int mode) {
    try (OpenFile open =
        volume
            .create(
                Caller.of(1000, 1000),
                volume.root(),
                Name.of(file),
                CreateMode.unchecked(),
                AttributeChanges.ofMode(mode),
                OpenAccess.WRITE)
            .file()) {
      open.truncate(size);
      open.write(ByteBuffer.wrap(content), offset);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  OpenFile open(String file, OpenAccess access) {
    try {
      return volume.open(
          Caller.SUPERUSER,
          volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(file)).handle(),
          access);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  byte[] content(String file) {
    try (OpenFile open = open(file, OpenAccess.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) open.size());
      open.read(bytes, 0);
      return bytes.array();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }
}
