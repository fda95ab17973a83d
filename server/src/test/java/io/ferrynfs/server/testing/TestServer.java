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

/** A server over memory volumes, called directly. */
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

  /** What its operations did. */
  public Observer observer() {
    return observer;
  }

  /** A server of one volume at the root. */
  public static TestServer start() {
    return start(ServerLimits.defaults());
  }

  /** The same with other limits. */
  public static TestServer start(ServerLimits limits) {
    return serving(limits, CopyRules.LINUX, memory("/"));
  }

  /** A server of several volumes under a pseudo-root. */
  public static TestServer exporting(String... paths) {
    return serving(ServerLimits.defaults(), CopyRules.LINUX, memory(paths));
  }

  /** A server of these volumes, by path. */
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
   * An instance of a server that knows clients of the ones before it by a registry.
   *
   * @param number which instance, as each has random values of its own
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

  /** A server of one export with rules of its own. */
  public static TestServer serving(
      ServerLimits limits, ServerOptions options, ExportDefinition export) {
    SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    exports.put("/", export);
    return new TestServer(limits, options, exports, new MemoryClientRegistry(), new ManualEnv());
  }

  /** A server of several exports with rules of their own. */
  public static TestServer serving(SequencedMap<String, ExportDefinition> exports) {
    return serving(ServerLimits.defaults(), exports);
  }

  /** The same with other limits. */
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

  /** Its time, randomness and pools. */
  public ManualEnv env() {
    return env;
  }

  /** Serves other exports from now on. */
  public CompletableFuture<Void> replaceExports(SequencedMap<String, ExportDefinition> exports) {
    return new ExportReplacement(services, pool).replace(exports);
  }

  /** Its inside. */
  public Services services() {
    return services;
  }

  /** How its bulk operations take turns. */
  public FairBulkQueue bulk() {
    return bulk;
  }

  /** A new connection. */
  public TestConnection connect() {
    return new TestConnection(handler);
  }

  /** A new connection from elsewhere. */
  public TestConnection connect(InetSocketAddress local, InetSocketAddress peer) {
    return new TestConnection(handler, local, peer);
  }

  /** A client that has said nothing yet. */
  public RawClient client(String owner) {
    return new RawClient(this, owner);
  }
}
