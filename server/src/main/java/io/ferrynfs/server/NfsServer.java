package io.ferrynfs.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.SystemEnv;
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
import java.util.Objects;
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
 * <p>It serves from {@link Builder#start} until it is closed. The caller closes the volumes after
 * the server.
 */
public final class NfsServer implements AutoCloseable {
  /** The time for which idle and slow connections may still read their last replies. */
  private static final Duration CLOSE_TIME_MAX = Duration.ofSeconds(2);

  private static final int NFS_PORT = 2049;

  /**
   * The slots of four sessions. The server reads no further call from a client that leaves this
   * many replies unread.
   */
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
    observer = new Observer(env.ticker(), builder.listener);
    StoredClientRegistry stored = null;
    String failure = null;
    if (builder.registryFile != null) {
      try {
        stored = StoredClientRegistry.open(builder.registryFile);
      } catch (IOException e) {
        // Clients that cannot reclaim open their files again. That is better than no service.
        failure = builder.registryFile + ": " + StoredClientRegistry.reason(e);
      }
    }
    storedRegistry = stored;
    registryFailure = failure;
    try {
      services = builder.services(env, time, stored, observer);
    } catch (IOException | RuntimeException e) {
      closeRegistry();
      throw e;
    }
    ServerLimits limits = services.limits();
    bulk = env.pool("nfs-bulk", limits.bulkThreads(), limits.bulkQueueMax());
    groups = new GroupCache(env, services.options().groups());
    reapInterval = Duration.ofSeconds(limits.leaseSeconds()).dividedBy(REAPS_PER_LEASE);
    try {
      rpc =
          RpcServer.listen(
              env,
              builder.address,
              rpcLimits(builder.transport, limits),
              new NfsHandler(
                  services,
                  Operations.table(),
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
   * Returns a builder of a server in a given environment.
   *
   * @param env the clocks, threads, randomness and network; the caller closes it after the server
   */
  public static Builder builder(Env env) {
    return new Builder(env);
  }

  private static RpcLimits rpcLimits(RpcLimits transport, ServerLimits limits) {
    // SEQUENCE rejects a request beyond ca_maxrequestsize, so the transport must accept it.
    long requestBytesMax = Math.min(Integer.MAX_VALUE, 2L * limits.requestBytesMax());
    int recordBytesMax = Math.max(transport.stream().recordBytesMax(), (int) requestBytesMax);
    return transport.toBuilder().stream(
            transport.stream().toBuilder().recordBytesMax(recordBytesMax).build())
        .connectionsMax(limits.connectionsMax())
        .connectionsPerAddressMax(limits.shares().connectionsPerAddressMax())
        .replyBytesTotalMax(limits.replyBytesTotalMax())
        .callsOutgoingMax(transport.callsOutgoingMax())
        .callsIncomingMax(CALLS_PER_CONNECTION_MAX)
        .build();
  }

  /** Returns the address on which the server listens, with the actual port. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) rpc.localAddress();
  }

  /** Returns the number of client records. */
  public int clientCount() {
    return services.clients().clientCount();
  }

  /** Returns the number of connections. */
  public int connectionCount() {
    return rpc.connections().size();
  }

  /** Returns the number of sessions of all clients. */
  public int sessionCount() {
    return services.clients().sessionCount();
  }

  /** Returns the number of stateids of all clients. */
  public int stateidCount() {
    return services.state().size();
  }

  /**
   * Returns the number of clients that may still reclaim state of the last instance of this server.
   * While it is not 0, new opens fail with NFS4ERR_GRACE. The grace period lasts one lease at most.
   */
  public int clientsAwaited() {
    return services.clients().recovery().clientsAwaited();
  }

  /**
   * Returns why the server does not record its clients, or null if it does. Clients cannot reclaim
   * state after a restart if they are not recorded.
   */
  public @Nullable String recoveryFailure() {
    return registryFailure != null ? registryFailure : services.clients().recovery().failure();
  }

  private synchronized void scheduleReap() {
    if (!stopped) {
      nextReap = env.timers().schedule(reapInterval, this::reapLater);
    }
  }

  /**
   * The timer's thread must not wait until files are closed. If the pool is full, the next timer
   * retries.
   */
  private void reapLater() {
    var _ = bulk.tryExecute(services.clients()::reap);
    scheduleReap();
  }

  /**
   * Replaces the exports while the server runs. An export whose volume is the same object as before
   * keeps its filehandles, its fsid and all state of its clients, even at another path. The server
   * revokes the state of clients that lose access to an export. Its filehandles then fail with
   * NFS4ERR_STALE and its stateids with NFS4ERR_ADMIN_REVOKED; copies from and to it end with
   * NFS4ERR_ADMIN_REVOKED. If an export becomes read-only, files stay open for reading. Changes,
   * and copies into the export, then fail with NFS4ERR_ROFS.
   *
   * <p>This method reads directories and closes files in the thread of the caller. It does not wait
   * for clients.
   *
   * @param exports all exports, by path
   * @return completes when no earlier request and no copy uses a removed export. The caller may
   *     then close the volumes that are no longer exported
   * @throws IllegalArgumentException if the exports do not form a name space; the former exports
   *     then stay in effect
   */
  public CompletableFuture<Void> replaceExports(SequencedMap<String, ExportDefinition> exports) {
    return new ExportReplacement(services, bulk).replace(exports);
  }

  /** Returns the directory of the server's clients. */
  public ClientDirectory clients() {
    return services.clients();
  }

  /** Returns the directory of the server's copies. */
  public CopyDirectory copies() {
    return services.copies();
  }

  /** Returns the counters since the server started. */
  public ServerStatistics statistics() {
    return new ServerStatistics(
        observer.operations(),
        observer.requests(),
        observer.callbacks(),
        observer.copies(),
        observer.payload(),
        services.copies().bytes().sample());
  }

  /** Returns whether no copy is running and every client knows the result of its copies. */
  public boolean hasNoCopies() {
    return services.copies().isEmpty();
  }

  /**
   * Stops the server. The server ends all copies and reports their progress to the clients. It
   * accepts no new connection and no new call. It replies to the calls that are executing, and then
   * discards all clients and their open files. Data without a COMMIT stays where the volume keeps
   * it.
   *
   * @param timeMax the maximum time to wait for the clients' replies to CB_OFFLOAD, and again for
   *     connections that are still busy before the server closes them
   * @return completes when the last connection is closed
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

  /** A source that does not answer in time has to detect the end of the connection itself. */
  private CompletableFuture<Void> leaveSources(Duration timeMax) {
    CompletableFuture<Void> left = services.sources().close();
    if (!left.isDone()) {
      env.timers().schedule(timeMax, () -> left.complete(null));
    }
    return left;
  }

  /**
   * Returns the number of other servers of which this server is a client in order to copy from
   * them.
   */
  public int sourceCount() {
    return services.sources().linkCount();
  }

  /**
   * Returns the number of bytes received from other servers that did not pass through the memory of
   * this process (splice(2)).
   */
  public long bytesPiped() {
    return services.sources().bytesPiped();
  }

  /** Stops the server and waits until it has stopped, for a few seconds at most. */
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

  /** A builder of a server. */
  public static final class Builder {
    /** The environment; null for that of this machine, which the server closes itself. */
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

    /** Sets the address to listen on; port 0 selects a free port. Default: 127.0.0.1:2049. */
    public Builder listen(InetSocketAddress where) {
      address = Objects.requireNonNull(where);
      return this;
    }

    /** Exports a volume under a path, {@code /} for the root, without squashing. */
    public Builder export(String path, Volume volume) {
      return export(path, volume, Squash.NONE);
    }

    /** Exports a volume under a path with a squash rule. */
    public Builder export(String path, Volume volume, Squash squash) {
      return export(path, volume, squash, CopySourcePolicy.ANYBODY);
    }

    /**
     * Exports a volume under a path with a squash rule and a rule for servers that read its files
     * for clients.
     */
    public Builder export(String path, Volume volume, Squash squash, CopySourcePolicy copySource) {
      return export(path, new ExportDefinition(volume, squash, copySource));
    }

    /** Exports a volume under a path with rules for the clients of each network. */
    public Builder export(String path, ExportDefinition entry) {
      exports.put(path, entry);
      return this;
    }

    /** Sets the limits of the resources that clients may use. */
    public Builder limits(ServerLimits bounds) {
      limits = Objects.requireNonNull(bounds);
      return this;
    }

    /**
     * Sets the limits of each connection: queued bytes, outstanding calls, time-outs. The number of
     * connections and the size of records follow from {@link #limits}.
     */
    public Builder transport(RpcLimits bounds) {
      transport = Objects.requireNonNull(bounds);
      return this;
    }

    /** Sets the options. */
    public Builder options(ServerOptions choices) {
      options = Objects.requireNonNull(choices);
      return this;
    }

    /** Sets the identity of the server. Default: a random identity that no other server has. */
    public Builder identity(ServerIdentity name) {
      identity = Objects.requireNonNull(name);
      return this;
    }

    /**
     * Sets the record of the clients that may reclaim state after a restart. The caller closes it
     * after the server. The record must belong to this {@link #identity} only. Default: a record in
     * memory, so that the next instance has no grace period and clients open their files again.
     */
    public Builder clientRegistry(ClientRegistry where) {
      registry = Objects.requireNonNull(where);
      return this;
    }

    /**
     * Keeps the record of clients in a file. The server opens the file when it starts and closes it
     * when it stops. If the file cannot be opened, the server starts without a record, and {@link
     * NfsServer#recoveryFailure} gives the reason. Clients then cannot reclaim state after a
     * restart and open their files again.
     *
     * @param file the file, created if it does not exist; no other server may use it
     */
    public Builder clientRegistry(Path file) {
      registryFile = Objects.requireNonNull(file);
      registry = null;
      return this;
    }

    /** Sets the listener, which receives the events of the server. Default: none. */
    public Builder listener(ServerListener receiver) {
      listener = Objects.requireNonNull(receiver);
      return this;
    }

    private Services services(
        Env env, ServedTime time, @Nullable ClientRegistry stored, Observer observer)
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
              state.offloads(),
              writeVerifier,
              observer);
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
              Recovery.start(time, known, limits.leaseSeconds(), limits.clientsMax()),
              observer),
          state,
          writeVerifier,
          copies,
          new SourceServers(env, limits.copies().sources(), options.copySources(), name));
    }

    /**
     * Starts the server.
     *
     * @throws IOException if the address is in use or is not one of this machine, or if the
     *     registry of clients cannot be read
     * @throws IllegalArgumentException if the exports do not form a name space
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
