package io.ferrynfs.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.dispatch.FairBulkQueue;
import io.ferrynfs.server.dispatch.GroupCache;
import io.ferrynfs.server.dispatch.NfsHandler;
import io.ferrynfs.server.export.ExportTable;
import io.ferrynfs.server.export.Exports;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.offload.CopyEngine;
import io.ferrynfs.server.operation.ExportReplacement;
import io.ferrynfs.server.operation.OperationTable;
import io.ferrynfs.server.operation.Services;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.recovery.ServedTime;
import io.ferrynfs.server.recovery.StoredClientRegistry;
import io.ferrynfs.server.session.Clients;
import io.ferrynfs.server.source.SourceServers;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.storage.Volume;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An NFS server, minor versions 1 and 2, over one or more volumes.
 *
 * <pre>{@code
 * try (NfsServer server =
 *     NfsServer.builder().listen(new InetSocketAddress("127.0.0.1", 2049))
 *         .export("/", volume).start()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>It serves from {@link Builder#start} until it is closed. The volumes stay the caller's, who
 * closes them after the server.
 */
public final class NfsServer implements AutoCloseable {
  /** Connections that are idle or slow get this long to take their last replies. */
  private static final Duration CLOSE_TIME_MAX = Duration.ofSeconds(2);

  private static final int NFS_PORT = 2049;

  /** Four sessions' slots: with that many replies not taken, nothing more is read from the peer. */
  private static final int CALLS_PER_CONNECTION_MAX = 256;

  private static final int REAPS_PER_LEASE = 4;

  private final Env env;
  private final @Nullable SystemEnv owned;
  private final ServedTime time;
  private final Services services;
  private final Pool bulk;
  private final GroupCache groups;
  private final Observer observer;
  private final RpcServer rpc;
  private final Duration reapInterval;

  private final @Nullable StoredClientRegistry storedRegistry;
  private final @Nullable String registryFailure;

  @GuardedBy("this")
  private @Nullable Cancellable nextReap;

  @GuardedBy("this")
  private boolean stopped;

  private NfsServer(Builder builder, Env env, @Nullable SystemEnv owned) throws IOException {
    this.env = env;
    this.owned = owned;
    time = new ServedTime(env);
    StoredClientRegistry stored = null;
    String failure = null;
    if (builder.registryFile != null) {
      try {
        stored = StoredClientRegistry.open(builder.registryFile);
      } catch (IOException e) {
        // Without a record clients open their files again, which is better than not serving them.
        failure = builder.registryFile + ": " + StoredClientRegistry.reason(e);
      }
    }
    storedRegistry = stored;
    registryFailure = failure;
    try {
      services = builder.services(env, time, stored);
    } catch (IOException | RuntimeException e) {
      closeRegistry();
      throw e;
    }
    ServerLimits limits = services.limits();
    bulk = env.pool("nfs-bulk", limits.bulkThreads(), limits.bulkQueueMax());
    groups = new GroupCache(env, services.options().groups());
    reapInterval = Duration.ofSeconds(limits.leaseSeconds()).dividedBy(REAPS_PER_LEASE);
    observer = new Observer(env.ticker(), builder.listener);
    try {
      rpc =
          RpcServer.listen(
              env,
              builder.address,
              rpcLimits(builder.transport, limits),
              new NfsHandler(
                  services,
                  OperationTable.standard(),
                  new FairBulkQueue(bulk, limits.shares()),
                  groups,
                  observer));
    } catch (IOException | RuntimeException e) {
      services.copies().close();
      services.clients().recovery().close();
      closeRegistry();
      groups.close();
      bulk.close();
      throw e;
    }
    time.start();
    services.sources().listening(localAddress());
    scheduleReap();
  }

  /** Returns a builder of a server that uses the clocks, threads and network of this machine. */
  public static Builder builder() {
    return new Builder(null);
  }

  /**
   * Returns a builder of a server in an environment.
   *
   * @param env the clocks, threads, randomness and network; remains the caller's to close, after
   *     the server
   */
  public static Builder builder(Env env) {
    return new Builder(env);
  }

  private static RpcLimits rpcLimits(RpcLimits transport, ServerLimits limits) {
    // A request beyond ca_maxrequestsize is to be refused by SEQUENCE, so it must get that far.
    int recordBytesMax =
        Math.max(transport.stream().recordBytesMax(), 2 * limits.requestBytesMax());
    return transport.toBuilder().stream(
            transport.stream().toBuilder().recordBytesMax(recordBytesMax).build())
        .connectionsMax(limits.connectionsMax())
        .connectionsPerAddressMax(limits.shares().connectionsPerAddressMax())
        .replyBytesTotalMax(limits.replyBytesTotalMax())
        .callsOutgoingMax(transport.callsOutgoingMax())
        .callsIncomingMax(CALLS_PER_CONNECTION_MAX)
        .build();
  }

  /** Where it listens, with the actual port. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) rpc.localAddress();
  }

  /** How many client records there are. */
  public int clientCount() {
    return services.clients().clientCount();
  }

  /** How many connections there are. */
  public int connectionCount() {
    return rpc.connections().size();
  }

  /** How many sessions clients have. */
  public int sessionCount() {
    return services.clients().sessionCount();
  }

  /** How many stateids clients hold. */
  public int stateidCount() {
    return services.state().size();
  }

  /**
   * How many clients had state when the last instance of this server ended, and have not said yet
   * that they have reclaimed it. While there are any, new opens wait, but no longer than a lease.
   */
  public int clientsAwaited() {
    return services.clients().recovery().clientsAwaited();
  }

  /**
   * Why clients are not recorded, so that none may reclaim after a restart; null while they are.
   */
  public @Nullable String recoveryFailure() {
    return registryFailure != null ? registryFailure : services.clients().recovery().failure();
  }

  private synchronized void scheduleReap() {
    if (!stopped) {
      nextReap = env.timers().schedule(reapInterval, this::reapLater);
    }
  }

  /** The timer's thread must not wait for files to close; when the pool is full, next time. */
  private void reapLater() {
    var _ = bulk.tryExecute(services.clients()::reap);
    scheduleReap();
  }

  /**
   * Serves other exports from now on. Those whose volume is the same object as before keep
   * filehandles, fsids and all that clients hold, wherever they are now in the name space. What
   * clients hold of one that is not there any more, or not for them, is revoked: its filehandles
   * are NFS4ERR_STALE, stateids NFS4ERR_ADMIN_REVOKED, and copies from and to it end with that.
   * Where an export becomes read-only, files stay open for reading, what would change them is
   * NFS4ERR_ROFS, and copies into it end with that.
   *
   * <p>Reads directories and closes files in the caller's thread, and waits for no client.
   *
   * @param exports all of them, by path
   * @return completes when nothing uses what was taken away: no request that had begun before, and
   *     no copy. Volumes that are not exported any more may be closed then
   * @throws IllegalArgumentException when they make no name space, and then nothing has changed
   */
  public CompletableFuture<Void> replaceExports(SequencedMap<String, ExportDefinition> exports) {
    return new ExportReplacement(services, bulk).replace(exports);
  }

  /** Its clients. */
  public ClientDirectory clients() {
    return services.clients();
  }

  /** The copies that clients have it make. */
  public CopyDirectory copies() {
    return services.copies();
  }

  /** Returns the counters since the server started. */
  public ServerStatistics statistics() {
    return new ServerStatistics(
        observer.operations(),
        observer.requests(),
        observer.payload(),
        services.copies().bytes().sample());
  }

  /** Whether no copy is under way, and every client knows how its copies ended. */
  public boolean hasNoCopies() {
    return services.copies().isEmpty();
  }

  /**
   * Stops: ends the copies and tells their clients how far they came, takes no new connection and
   * no new call, lets those that execute be answered, then ends all clients and their open files.
   * What was not committed is where the volume keeps it.
   *
   * @param timeMax for the answers of clients to the ends of their copies, and then for connections
   *     that are not done, before they are cut
   * @return completes when the last connection has ended
   */
  public CompletableFuture<Void> shutdown(Duration timeMax) {
    synchronized (this) {
      stopped = true;
      if (nextReap != null) {
        nextReap.cancel();
      }
    }
    return services
        .copies()
        .stop(timeMax)
        .thenCompose(_ -> leaveSources(timeMax))
        .thenCompose(_ -> rpc.shutdown(timeMax))
        .whenComplete((done, failure) -> {
          services.clients().close();
          time.close();
        });
  }

  /** Sources that do not answer are left to find out. */
  private CompletableFuture<Void> leaveSources(Duration timeMax) {
    CompletableFuture<Void> left = services.sources().close();
    if (!left.isDone()) {
      env.timers().schedule(timeMax, () -> left.complete(null));
    }
    return left;
  }

  /** How many other servers it is a client of, to copy from them. */
  public int sourceCount() {
    return services.sources().linkCount();
  }

  /** Bytes that have come from other servers without passing through this process. */
  public long bytesPiped() {
    return services.sources().bytesPiped();
  }

  /** Stops and waits until everything has ended; at most a few seconds. */
  @Override
  public void close() {
    shutdown(CLOSE_TIME_MAX).join();
    rpc.close();
    services.copies().close();
    groups.close();
    bulk.close();
    services.clients().recovery().close();
    closeRegistry();
    time.close();
    if (owned != null) {
      owned.close();
    }
  }

  private void closeRegistry() {
    if (storedRegistry != null) {
      storedRegistry.close();
    }
  }

  /** Configures a server. */
  public static final class Builder {
    /** The environment; null for one of this machine, which the server closes. */
    private final @Nullable Env env;

    private final SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    private InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), NFS_PORT);
    private ServerLimits limits = ServerLimits.defaults();
    private ServerOptions options = ServerOptions.defaults();
    private RpcLimits transport = RpcLimits.DEFAULT;
    private @Nullable ServerIdentity identity;
    private @Nullable ClientRegistry registry;
    private @Nullable Path registryFile;
    private ServerListener listener = ServerListener.NONE;

    private Builder(@Nullable Env env) {
      this.env = env;
    }

    /** Where to listen; port 0 takes a free one. Default 127.0.0.1:2049. */
    public Builder listen(InetSocketAddress where) {
      address = where;
      return this;
    }

    /** Serves a volume under a path, {@code /} for the root; users are who clients say they are. */
    public Builder export(String path, Volume volume) {
      return export(path, volume, Squash.NONE);
    }

    /** Serves a volume under a path, with a rule for users. */
    public Builder export(String path, Volume volume, Squash squash) {
      return export(path, volume, squash, CopySourcePolicy.ANYBODY);
    }

    /** The same, with a rule for the servers that read its files for clients. */
    public Builder export(String path, Volume volume, Squash squash, CopySourcePolicy copySource) {
      return export(path, new ExportDefinition(volume, squash, copySource));
    }

    /** Serves a volume under a path, with rules for the clients of each network. */
    public Builder export(String path, ExportDefinition entry) {
      exports.put(path, entry);
      return this;
    }

    /** Bounds of what clients may use. */
    public Builder limits(ServerLimits bounds) {
      limits = bounds;
      return this;
    }

    /**
     * Bounds of each connection: queued bytes, outstanding calls, time-outs. The number of
     * connections and the size of records follow from {@link #limits}.
     */
    public Builder transport(RpcLimits bounds) {
      transport = bounds;
      return this;
    }

    /** Choices of the administrator. */
    public Builder options(ServerOptions choices) {
      options = choices;
      return this;
    }

    /** What the server calls itself. Default: a name that no server had before. */
    public Builder identity(ServerIdentity name) {
      identity = name;
      return this;
    }

    /**
     * Where to keep who may reclaim after a restart; it stays the caller's, who closes it after the
     * server. Default: in memory, for this start alone, so that the next one knows nobody and has
     * no grace period, and clients open their files anew. It must be of the server with this {@link
     * #identity} alone.
     */
    public Builder clientRegistry(ClientRegistry where) {
      registry = where;
      return this;
    }

    /**
     * Keeps the record of clients in a file, which the server opens when it starts and closes when
     * it ends. If the file cannot be opened, the server starts without a record, and {@link
     * NfsServer#recoveryFailure} says why: clients then cannot reclaim after a restart and open
     * their files again.
     *
     * @param file the file, created if it does not exist; no other server may use it
     */
    public Builder clientRegistry(Path file) {
      registryFile = file;
      registry = null;
      return this;
    }

    /** Receives the events of the server. Default: none. */
    public Builder listener(ServerListener receiver) {
      listener = receiver;
      return this;
    }

    private Services services(Env env, ServedTime time, @Nullable ClientRegistry stored)
        throws IOException {
      ServerIdentity name = identity;
      if (name == null) {
        name = ServerIdentity.random(env.random());
      }
      StateTable state = new StateTable(limits, time);
      WriteVerifier writeVerifier = new WriteVerifier(env.random());
      CopyEngine copies =
          new CopyEngine(
              time,
              limits.copies(),
              Duration.ofSeconds(limits.leaseSeconds()),
              options.copyRules(),
              state,
              writeVerifier);
      ClientRegistry known = registry != null ? registry : stored;
      if (known == null) {
        known = new MemoryClientRegistry();
      }
      return new Services(
          env,
          name,
          limits,
          options,
          new Exports(new ExportTable(exports, env.clock().instant())),
          new Clients(
              time,
              name,
              limits,
              state,
              Recovery.start(time, known, limits.leaseSeconds(), limits.clientsMax())),
          state,
          writeVerifier,
          copies,
          new SourceServers(env, limits.copies().sources(), options.copySources(), name));
    }

    /**
     * Starts serving.
     *
     * @throws IOException when the address is taken or not ours, or the registry of clients cannot
     *     be read
     * @throws IllegalArgumentException when the exports make no name space
     */
    public NfsServer start() throws IOException {
      if (env != null) {
        return new NfsServer(this, env, null);
      }
      SystemEnv machine = new SystemEnv();
      try {
        return new NfsServer(this, machine, machine);
      } catch (IOException | RuntimeException e) {
        machine.close();
        throw e;
      }
    }
  }
}
