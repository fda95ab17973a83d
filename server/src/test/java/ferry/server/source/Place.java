package ferry.server.source;

import ferry.rpc.address.UniversalAddress;
import ferry.rpc.env.sim.SimEnv;
import ferry.server.NfsServer;
import ferry.server.access.Squash;
import ferry.server.config.ServerIdentity;
import ferry.server.config.ServerLimits;
import ferry.server.config.ServerOptions;
import ferry.server.dispatch.OperationMetrics;
import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.CreateMode;
import ferry.storage.Feature;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.OpenFile;
import ferry.storage.StorageException;
import ferry.storage.faults.FaultPlan;
import ferry.storage.faults.FaultyVolume;
import ferry.storage.memory.MemoryVolume;
import ferry.wire.nfs4.Netloc4;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A server on a simulated host, with a volume in memory. */
final class Place {
  static final int PORT = 2049;

  final String name;
  final FaultPlan disk = new FaultPlan();
  private final ServerLimits limits;
  private final ServerOptions options;
  SimEnv host;
  MemoryVolume volume;
  OperationMetrics executed;
  NfsServer server;

  Place(SimEnv host, ServerLimits limits, ServerOptions options) {
    this(host, host.name(), host.name(), limits, options);
  }

  /** With names of server and volume that are not the host's. */
  Place(SimEnv host, String name, String volumeName, ServerLimits limits, ServerOptions options) {
    this(host, name, volumeName, limits, options, 0);
  }

  /** And with pipes to its files, of so many bytes. */
  Place(
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
    this.executed = new OperationMetrics(host.ticker());
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
          .decorate(executed::measure)
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

  /** Kills it and starts it again with what its volume kept. */
  void restart() {
    volume = volume.reopen();
    host = host.restart();
    server = start();
  }

  /** How often an operation was executed. */
  long calls(NfsOpnum4 operation) {
    return executed.sample(operation).calls();
  }

  void put(String file, byte[] content) {
    put(file, content, 0, content.length, 0644);
  }

  /** A file of a size with some content at an offset, and holes around it. */
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
