package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ClientDirectory;
import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Resok;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The clients and sessions of this server.
 *
 * <p>The monitor of the {@link ClientRecords} guards the records, their sessions and their
 * CREATE_SESSION slots. It is held for table operations only: the parts release the state of a
 * removed client (open files, callbacks) afterwards.
 */
public final class Clients implements ClientDirectory {
  private final StateTable state;
  private final Recovery recovery;
  private final ReplyCacheBudget budget;
  private final ClientRecords records;
  private final SessionTable sessions;
  private final ClientRemoval removal;
  private final ClientExchange exchange;
  private final SessionCreation creation;
  private final SessionDestruction destruction;
  private final ClientLeases leases;
  private final ClientReports reports;

  /** Creates a table without clients. */
  public Clients(
      Env env,
      ServerIdentity identity,
      ServerLimits limits,
      StateTable state,
      Recovery recovery,
      Observer observer) {
    this.state = state;
    this.recovery = recovery;
    budget = new ReplyCacheBudget(limits);
    records = new ClientRecords(limits, new CourtesyPolicy(limits.courtesy(), state));
    sessions = new SessionTable(budget);
    removal = new ClientRemoval(records, sessions, state, recovery);
    Fence fence = new Fence(env.timers());
    exchange =
        new ClientExchange(
            identity,
            records,
            removal,
            state,
            env,
            fence,
            (clientid, owner, principal) ->
                new Client(clientid, owner, principal, env, limits, recovery, state, observer));
    creation = new SessionCreation(env, limits, records, removal, sessions, state, budget);
    destruction = new SessionDestruction(records, sessions, fence);
    leases = new ClientLeases(records, removal, state);
    reports = new ClientReports(records, state);
    state.setCourtesy(new CourtesyExpiry(records, removal::expire, env.ticker()));
  }

  /** Returns the grace period and the record of the clients that may reclaim state. */
  public Recovery recovery() {
    return recovery;
  }

  /** Returns the last address of a client; null for an unknown client or one without sessions. */
  public @Nullable SocketAddress addressOf(long clientid) {
    Client client = records.find(clientid);
    return client == null ? null : client.address();
  }

  /** Executes SEQUENCE (RFC 8881 section 18.46). */
  public SequenceOutcome begin(SequenceRequest request) {
    return sessions.begin(request);
  }

  /**
   * Executes EXCHANGE_ID (RFC 8881 section 18.35).
   *
   * @param minorVersion the minor version of the request
   * @param own the slot of the request if it is in a session
   * @return completes when no request of an earlier instance of the client executes (RFC 7862
   *     section 14.1), or with NFS4ERR_DELAY if that takes too long
   */
  public CompletableFuture<ExchangeId4Res> exchangeId(
      ExchangeId4Args args, Principal principal, int minorVersion, @Nullable SlotId own)
      throws NfsStatusException {
    return exchange.exchangeId(args, principal, minorVersion, own);
  }

  /** Executes CREATE_SESSION (RFC 8881 section 18.36). */
  public CreateSession4Res createSession(
      CreateSession4Args args, Principal principal, RpcConnection connection, int minorVersion) {
    return creation.createSession(args, principal, connection, minorVersion);
  }

  /** Executes BIND_CONN_TO_SESSION (RFC 8881 section 18.34). */
  public BindConnToSession4Resok bind(BindConnToSession4Args args, RpcConnection connection)
      throws NfsStatusException {
    return sessions.bind(args, connection);
  }

  /**
   * Executes DESTROY_SESSION (RFC 8881 section 18.37).
   *
   * @param own the slot of the request if it is in a session
   * @return completes when no other request of the session executes (RFC 7862 section 14.1), or
   *     with NFS4ERR_DELAY and without effect if that takes too long or more requests arrived
   * @throws NfsStatusException NFS4ERR_BADSESSION; NFS4ERR_CONN_NOT_BOUND_TO_SESSION
   */
  public CompletableFuture<Nfsstat4> destroySession(
      Sessionid4 id, RpcConnection connection, @Nullable SlotId own) throws NfsStatusException {
    return destruction.destroySession(id, connection, own);
  }

  /**
   * Executes DESTROY_CLIENTID (RFC 8881 section 18.50).
   *
   * @return completes when the removal of the client is durable
   * @throws NfsStatusException NFS4ERR_STALE_CLIENTID; NFS4ERR_CLIENTID_BUSY if the client has
   *     sessions or state
   */
  public CompletableFuture<Void> destroyClientid(long clientid) throws NfsStatusException {
    Client client;
    synchronized (records) {
      client = records.find(clientid);
      if (client == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE_CLIENTID);
      }
      if (!client.sessions().isEmpty() || state.holdsState(clientid)) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
      }
      records.remove(client, new ArrayList<>());
    }
    return removal.discard(client);
  }

  /** Dissociates a closed connection from all sessions. */
  public void connectionClosed(RpcConnection connection) {
    sessions.connections().closed(connection);
  }

  /** Expires the clients and the state whose leases have expired. May close files. */
  public void reap() {
    leases.reap();
  }

  @Override
  public List<ClientStatus> clients() {
    return reports.clients();
  }

  @Override
  public CompletableFuture<Boolean> expire(long clientid) {
    List<Client> removed = new ArrayList<>();
    synchronized (records) {
      Client client = records.find(clientid);
      if (client == null) {
        return CompletableFuture.completedFuture(false);
      }
      records.remove(client, removed);
    }
    return removal.expire(removed.getFirst()).thenApply(_ -> true);
  }

  /** Ends all clients when the server stops. They may reclaim from the next instance. */
  public void close() {
    List<Client> removed = new ArrayList<>();
    synchronized (records) {
      records.all().forEach(client -> records.remove(client, removed));
    }
    removed.forEach(removal::suspend);
  }

  /** Returns the number of client records, confirmed or not. */
  public int clientCount() {
    return records.size();
  }

  /** Returns the sizes of the tables. */
  public SessionSizes sizes() {
    return new SessionSizes(
        records.size(), sessions.size(), sessions.connections().size(), budget.bytesLeft());
  }

  /** Returns the number of sessions. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Returns whether the session exists. */
  public boolean hasSession(Sessionid4 sessionid) {
    return sessions.find(sessionid) != null;
  }
}
