package io.ferrynfs.server.testing;

import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ClientRegistry;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerListener;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.administration.ExportReplacement;
import io.ferrynfs.server.compound.Services;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.dispatch.FairBulkQueue;
import io.ferrynfs.server.dispatch.GroupCache;
import io.ferrynfs.server.dispatch.NfsHandler;
import io.ferrynfs.server.export.ExportTable;
import io.ferrynfs.server.export.Exports;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.offload.CopyEngine;
import io.ferrynfs.server.operation.Operations;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.session.Clients;
import io.ferrynfs.server.source.SourceServers;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/** A server over memory volumes that tests call directly, without a network. */
public final class TestServer {
  private final ManualEnv env;
  private final Observer observer;
  private final Services services;
  private final Pool pool;
  private final FairBulkQueue bulk;
  private final NfsHandler handler;

  private TestServer(
      ServerLimits limits,
      ServerOptions options,
      SequencedMap<String, ExportDefinition> exports,
      ClientRegistry registry,
      ManualEnv env) {
    this.env = env;
    observer = new Observer(env.ticker(), ServerListener.NONE);
    ServerIdentity identity = ServerIdentity.random(env.random());
    StateTable state = new StateTable(limits, env);
    WriteVerifier writeVerifier = new WriteVerifier(env.random());
    Duration lease = Duration.ofSeconds(limits.leaseSeconds());
    services =
        new Services(
            env,
            identity,
            limits,
            options,
            new Exports(new ExportTable(exports, env.clock().instant())),
            new Clients(env, identity, limits, state, recovery(limits, registry), observer),
            state,
            writeVerifier,
            new CopyEngine(
                env,
                limits.copies(),
                lease,
                options.copyRules(),
                state.offloads(),
                writeVerifier,
                observer),
            new SourceServers(env, limits.copies().sources(), options.copySources(), identity));
    services.sources().listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049));
    pool = env.pool("bulk", 1, 1);
    bulk = new FairBulkQueue(pool, limits.shares());
    handler =
        new NfsHandler(
            services, Operations.table(), bulk, new GroupCache(env, options.groups()), observer);
  }

  private Recovery recovery(ServerLimits limits, ClientRegistry registry) {
    try {
      return Recovery.start(env, registry, limits.leaseSeconds(), limits.clientsMax());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the observer of its operations. */
  public Observer observer() {
    return observer;
  }

  /** Starts a server with one volume at the root. */
  public static TestServer start() {
    return start(ServerLimits.defaults());
  }

  /** Starts a server with one volume at the root and these limits. */
  public static TestServer start(ServerLimits limits) {
    return serving(limits, CopyRules.LINUX, memory("/"));
  }

  /** Starts a server with several volumes below a pseudo-root. */
  public static TestServer exporting(String... paths) {
    return serving(ServerLimits.defaults(), CopyRules.LINUX, memory(paths));
  }

  /** Starts a server of these volumes, by path. */
  public static TestServer serving(
      ServerLimits limits, CopyRules rules, SequencedMap<String, Volume> volumes) {
    return new TestServer(
        limits,
        ServerOptions.builder().copyRules(rules).build(),
        entries(volumes),
        new MemoryClientRegistry(),
        new ManualEnv());
  }

  /**
   * Starts an instance of a server that learns the clients of earlier instances from a registry.
   *
   * @param number the number of the instance, which is also the seed of its random values
   */
  public static TestServer instance(
      int number,
      ServerLimits limits,
      SequencedMap<String, Volume> volumes,
      ClientRegistry registry) {
    return new TestServer(
        limits,
        ServerOptions.builder().copyRules(CopyRules.LINUX).build(),
        entries(volumes),
        registry,
        new ManualEnv(number));
  }

  /** Starts a server with one export that has its own rules. */
  public static TestServer serving(
      ServerLimits limits, ServerOptions options, ExportDefinition export) {
    SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    exports.put("/", export);
    return new TestServer(limits, options, exports, new MemoryClientRegistry(), new ManualEnv());
  }

  /** Starts a server with several exports that have their own rules. */
  public static TestServer serving(SequencedMap<String, ExportDefinition> exports) {
    return serving(ServerLimits.defaults(), exports);
  }

  /** Starts a server with several exports that have their own rules, and these limits. */
  public static TestServer serving(
      ServerLimits limits, SequencedMap<String, ExportDefinition> exports) {
    return new TestServer(
        limits,
        ServerOptions.builder().copyRules(CopyRules.LINUX).build(),
        exports,
        new MemoryClientRegistry(),
        new ManualEnv());
  }

  private static SequencedMap<String, ExportDefinition> entries(
      SequencedMap<String, Volume> volumes) {
    SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    volumes.forEach((path, volume) -> exports.put(path, new ExportDefinition(volume, Squash.NONE)));
    return exports;
  }

  private static SequencedMap<String, Volume> memory(String... paths) {
    SequencedMap<String, Volume> volumes = new LinkedHashMap<>();
    for (String path : paths) {
      volumes.put(path, MemoryVolume.builder("volume of " + path, InstantSource.system()).build());
    }
    return volumes;
  }

  /** Returns the clock, the random source and the pools. */
  public ManualEnv env() {
    return env;
  }

  /** Replaces the exports. */
  public CompletableFuture<Void> replaceExports(SequencedMap<String, ExportDefinition> exports) {
    return new ExportReplacement(services, pool).replace(exports);
  }

  /** Returns the services behind the handler. */
  public Services services() {
    return services;
  }

  /** Returns the queue of bulk operations. */
  public FairBulkQueue bulk() {
    return bulk;
  }

  /** Opens a connection between loopback addresses. */
  public TestConnection connect() {
    return new TestConnection(handler);
  }

  /** Opens a connection between these addresses. */
  public TestConnection connect(InetSocketAddress local, InetSocketAddress peer) {
    return new TestConnection(handler, local, peer);
  }

  /** Returns a client that has not sent anything yet. */
  public RawClient client(String owner) {
    return new RawClient(this, owner);
  }
}
