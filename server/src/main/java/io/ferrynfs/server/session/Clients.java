package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ClientDirectory;
import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Resok;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ChannelDirFromServer4;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ServerOwner4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.SsvSpParms4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.StateProtect4R;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * All client records and sessions of this server.
 *
 * <p>Records are made, confirmed and ended under one lock, which is held for table operations only:
 * what a client held (open files, callbacks) is released after it. Finding a session, the one thing
 * that every request does, takes no lock.
 */
public final class Clients implements ClientDirectory {
  private static final long SEQUENCEID_MASK = 0xffff_ffffL;
  private static final int SESSIONID_BYTES = 16;
  private static final long EXCHANGE_FLAGS =
      Nfs4.EXCHGID4_FLAG_SUPP_MOVED_REFER
          | Nfs4.EXCHGID4_FLAG_SUPP_MOVED_MIGR
          | Nfs4.EXCHGID4_FLAG_BIND_PRINC_STATEID
          | Nfs4.EXCHGID4_FLAG_MASK_PNFS
          | Nfs4.EXCHGID4_FLAG_UPD_CONFIRMED_REC_A;

  /** Those of NFSv4.2 (RFC 7862 section 14.1). */
  private static final long EXCHANGE_FLAGS_42 = EXCHANGE_FLAGS | Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS;

  private static final long CREATE_FLAGS =
      Nfs4.CREATE_SESSION4_FLAG_PERSIST
          | Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN
          | Nfs4.CREATE_SESSION4_FLAG_CONN_RDMA;

  private final Env env;
  private final ServerIdentity identity;
  private final ServerLimits limits;

  /** Keeps clientids of an earlier instance of the server from being taken for ours. */
  private final long instance;

  private final StateTable state;
  private final Recovery recovery;
  private final ReplyCacheBudget budget;
  private final ReplyCacheShortage shortage;
  private final ChannelNegotiation negotiation;
  private final Fence fence;
  private final Connections connections = new Connections();
  private final ConcurrentMap<Sessionid4, Session> sessions = new ConcurrentHashMap<>();

  // Guarded by this.
  private final ClientRecords records;
  private int clientsMade;

  /** No clients yet. */
  public Clients(
      Env env, ServerIdentity identity, ServerLimits limits, StateTable state, Recovery recovery) {
    this.env = env;
    this.identity = identity;
    this.limits = limits;
    this.instance = env.random().nextInt();
    this.state = state;
    this.recovery = recovery;
    this.budget = new ReplyCacheBudget(limits);
    this.records = new ClientRecords(limits, new CourtesyPolicy(limits.courtesy(), state));
    this.shortage = new ReplyCacheShortage(budget, records::all, env.ticker());
    this.negotiation = new ChannelNegotiation(limits, budget, shortage);
    this.fence = new Fence(env.timers());
    state.setCourtesy(new CourtesyExpiry(this, records, this::expire, env.ticker()));
  }

  /** The grace period, and who may reclaim after the next restart. */
  public Recovery recovery() {
    return recovery;
  }

  /** From where a client came last; null when it is none, or has no session yet. */
  public synchronized @Nullable SocketAddress addressOf(long clientid) {
    Client client = records.find(clientid);
    return client == null ? null : client.address();
  }

  /** SEQUENCE. */
  public SequenceOutcome begin(SequenceRequest request) {
    Session session = sessions.get(request.args().sessionid());
    return session == null
        ? new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_BADSESSION)
        : session.begin(request);
  }

  /**
   * EXCHANGE_ID (RFC 8881 section 18.35).
   *
   * @param minorVersion of the request
   * @param own the request itself, when it is in a session
   * @return completes when nothing of an earlier instance of the client executes any more (RFC 7862
   *     section 14.1); with NFS4ERR_DELAY when that takes too long
   */
  public CompletableFuture<ExchangeId4Res> exchangeId(
      ExchangeId4Args args, Principal principal, int minorVersion, @Nullable SlotId own)
      throws NfsStatusException {
    checkExchange(args, minorVersion);
    List<CompletableFuture<Void>> executing = ofEarlierInstance(args, principal, own);
    if (executing.isEmpty()) {
      return CompletableFuture.completedFuture(
          new ExchangeId4Res.Ok(exchange(args, principal, minorVersion)));
    }
    return fence
        .passed(executing)
        .thenApply(passed -> {
          try {
            return passed
                ? new ExchangeId4Res.Ok(exchange(args, principal, minorVersion))
                : new ExchangeId4Res.Failed(Nfsstat4.NFS4ERR_DELAY);
          } catch (NfsStatusException refused) {
            return new ExchangeId4Res.Failed(refused.status());
          }
        });
  }

  private synchronized List<CompletableFuture<Void>> ofEarlierInstance(
      ExchangeId4Args args, Principal principal, @Nullable SlotId own) {
    boolean update = (args.flags() & Nfs4.EXCHGID4_FLAG_UPD_CONFIRMED_REC_A) != 0;
    Client known = update ? null : records.earlierInstance(args.clientowner(), principal);
    if (known == null) {
      return List.of();
    }
    return known.sessions().stream().flatMap(session -> session.executing(own).stream()).toList();
  }

  private ExchangeId4Resok exchange(ExchangeId4Args args, Principal principal, int minorVersion)
      throws NfsStatusException {
    List<Client> removed = new ArrayList<>();
    try {
      synchronized (this) {
        boolean update = (args.flags() & Nfs4.EXCHGID4_FLAG_UPD_CONFIRMED_REC_A) != 0;
        Client client =
            update
                ? records.update(args.clientowner(), principal)
                : records.exchange(
                    args.clientowner(),
                    principal,
                    known -> !known.sessions().isEmpty() || state.holdsState(known.clientid()),
                    owner ->
                        new Client(freshClientid(), owner, principal, env, limits, recovery, state),
                    removed);
        return introduction(client, args.flags(), minorVersion);
      }
    } finally {
      removed.forEach(client -> {
        var _ = expire(client);
      });
    }
  }

  private static void checkExchange(ExchangeId4Args args, int minorVersion)
      throws NfsStatusException {
    long defined = minorVersion == 1 ? EXCHANGE_FLAGS : EXCHANGE_FLAGS_42;
    if ((args.flags() & ~defined) != 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    switch (args.stateProtect()) {
      case StateProtect4A.None none -> {}
      // It needs RPCSEC_GSS with integrity or privacy (18.35.3), which does not reach us here.
      case StateProtect4A.MachCred machine -> throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      case StateProtect4A.Ssv(SsvSpParms4 ssv) -> {
        boolean empty = ssv.hashAlgs().isEmpty() || ssv.encrAlgs().isEmpty() || ssv.window() == 0;
        throw new NfsStatusException(
            empty ? Nfsstat4.NFS4ERR_INVAL : Nfsstat4.NFS4ERR_ENCR_ALG_UNSUPP);
      }
    }
  }

  private ExchangeId4Resok introduction(Client client, long asked, int minorVersion) {
    long flags = Nfs4.EXCHGID4_FLAG_USE_NON_PNFS;
    if (minorVersion >= 2) {
      // RFC 7862 section 14.1.4 would grant it unasked; but Linux before 5.10 fails on a flag that
      // it does
      // not know.
      flags |= asked & Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS;
    }
    if (client.isConfirmed()) {
      flags |= Nfs4.EXCHGID4_FLAG_CONFIRMED_R;
    }
    return new ExchangeId4Resok(
        client.clientid(),
        next(client.createSequence()),
        flags,
        new StateProtect4R.None(),
        new ServerOwner4(0, identity.majorId()),
        identity.scope(),
        null);
  }

  private long freshClientid() {
    clientsMade++;
    return instance << 32 | Integer.toUnsignedLong(clientsMade);
  }

  /** CREATE_SESSION in its four phases (RFC 8881 section 18.36.4). */
  public CreateSession4Res createSession(
      CreateSession4Args args, Principal principal, RpcConnection connection, int minorVersion) {
    makeMemory();
    List<Client> removed = new ArrayList<>();
    try {
      synchronized (this) {
        Client client = records.find(args.clientid());
        if (client == null) {
          return new CreateSession4Res.Failed(Nfsstat4.NFS4ERR_STALE_CLIENTID);
        }
        if (client.isCreateRetry(args)) {
          return client.createReply();
        }
        if (args.sequence() != next(client.createSequence()) && !client.isCreateAnew(args)) {
          return new CreateSession4Res.Failed(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
        }
        CreateSession4Res reply =
            create(client, args, principal, connection, minorVersion, removed);
        client.created(args, reply);
        return reply;
      }
    } finally {
      removed.forEach(client -> {
        var _ = forget(client);
      });
    }
  }

  private CreateSession4Res create(
      Client client,
      CreateSession4Args args,
      Principal principal,
      RpcConnection connection,
      int minorVersion,
      List<Client> removed) {
    try {
      if (!client.isConfirmed() && !client.principal().sameUser(principal)) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_CLID_INUSE);
      }
      if ((args.flags() & ~CREATE_FLAGS) != 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
      if (client.sessions().size() >= limits.sessionsPerClientMax()) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_NOSPC);
      }
      checkShareOfAddress(client, connection.peerAddress());
      Session session = newSession(client, args, minorVersion, connection.peerAddress());
      if (!client.isConfirmed()) {
        records.confirm(client, connection.peerAddress(), removed);
        state.addClient(client.clientid());
      }
      long flags = args.flags() & Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN;
      session.bindFore(connection);
      if (flags != 0) {
        session.bindBack(connection);
      }
      client.renew();
      return new CreateSession4Res.Ok(
          new CreateSession4Resok(
              session.id(), args.sequence(), flags, session.fore(), session.backChannel().attrs()));
    } catch (NfsStatusException refused) {
      return new CreateSession4Res.Failed(refused.status());
    }
  }

  /** Memory for replies that runs low is first taken from those who are silent. */
  private void makeMemory() {
    boolean found = true;
    while (found && budget.isLow()) {
      List<Client> removed = new ArrayList<>();
      synchronized (this) {
        found = records.removeSilent(removed);
      }
      removed.forEach(client -> {
        var _ = expire(client);
      });
    }
  }

  private void checkShareOfAddress(Client client, SocketAddress from) throws NfsStatusException {
    int most = limits.shares().clientsPerAddressMax();
    if (records.isAnother(client) && records.activeAt(from) >= most) {
      shortage.sayTooMany(client, from, most);
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOSPC);
    }
  }

  private Session newSession(
      Client client, CreateSession4Args args, int minorVersion, SocketAddress from)
      throws NfsStatusException {
    boolean callbacks = (args.flags() & Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN) != 0;
    ChannelAttrs4 back = ChannelNegotiation.back(args.backChanAttrs());
    Credential credential = BackChannel.usable(args.secParms());
    if (credential == null) {
      if (callbacks) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
      credential = Credential.NONE;
    }
    ForeChannel fore = negotiation.fore(args.foreChanAttrs(), client, from);
    Sessionid4 id = new Sessionid4(Opaque.of(env.random().bytes(SESSIONID_BYTES)));
    BackChannel backChannel =
        new BackChannel(
            id, back, minorVersion, new BackChannel.Target((int) args.cbProgram(), credential));
    Session session =
        new Session(id, client, fore, backChannel, connections, limits.connectionsPerSessionMax());
    client.sessions().add(session);
    client.callbacks().attach(backChannel);
    sessions.put(id, session);
    return session;
  }

  /** BIND_CONN_TO_SESSION (RFC 8881 section 18.34). */
  public BindConnToSession4Resok bind(BindConnToSession4Args args, RpcConnection connection)
      throws NfsStatusException {
    Session session = sessions.get(args.sessid());
    if (session == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADSESSION);
    }
    ChannelDirFromServer4 bound = session.bind(args.dir(), connection);
    return new BindConnToSession4Resok(args.sessid(), bound, false);
  }

  /**
   * DESTROY_SESSION (RFC 8881 section 18.37).
   *
   * @param own the request itself, when it is in a session
   * @return completes when no other request of the session executes any more (RFC 7862 section
   *     14.1); with NFS4ERR_DELAY when that takes too long or more have come, and nothing is done
   * @throws NfsStatusException NFS4ERR_BADSESSION; NFS4ERR_CONN_NOT_BOUND_TO_SESSION
   */
  public CompletableFuture<Nfsstat4> destroySession(
      Sessionid4 id, RpcConnection connection, @Nullable SlotId own) throws NfsStatusException {
    List<CompletableFuture<Void>> executing = endUnlessBusy(id, connection, own);
    if (executing.isEmpty()) {
      return CompletableFuture.completedFuture(Nfsstat4.NFS4_OK);
    }
    return fence
        .passed(executing)
        .thenApply(passed -> {
          try {
            return passed && endUnlessBusy(id, connection, own).isEmpty()
                ? Nfsstat4.NFS4_OK
                : Nfsstat4.NFS4ERR_DELAY;
          } catch (NfsStatusException refused) {
            return refused.status();
          }
        });
  }

  /** Ends a session if nothing of it executes, which else is returned. */
  private List<CompletableFuture<Void>> endUnlessBusy(
      Sessionid4 id, RpcConnection connection, @Nullable SlotId own) throws NfsStatusException {
    synchronized (this) {
      Session session = sessions.get(id);
      if (session == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_BADSESSION);
      }
      // A client that has lost all its connections has none left that is associated.
      if (session.hasConnections() && !session.isBound(connection)) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION);
      }
      List<CompletableFuture<Void>> executing = session.executing(own);
      if (executing.isEmpty()) {
        session.client().sessions().remove(session);
        end(session);
      }
      return executing;
    }
  }

  /**
   * DESTROY_CLIENTID (RFC 8881 section 18.50).
   *
   * @return completes when it is durable that the client is gone
   * @throws NfsStatusException NFS4ERR_STALE_CLIENTID; NFS4ERR_CLIENTID_BUSY while there are
   *     sessions or state
   */
  public CompletableFuture<Void> destroyClientid(long clientid) throws NfsStatusException {
    Client client;
    synchronized (this) {
      client = records.find(clientid);
      if (client == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE_CLIENTID);
      }
      if (!client.sessions().isEmpty() || state.holdsState(clientid)) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
      }
      records.remove(client, new ArrayList<>());
    }
    return forget(client);
  }

  /** A connection has ended. */
  public void connectionClosed(RpcConnection connection) {
    connections.closed(connection);
  }

  /**
   * Ends the clients whose lease has run out, or of those that courtesy keeps what goes with the
   * lease; unconfirmed records as old; stateids that have a lease of their own. May close files.
   */
  public void reap() {
    List<Client> removed = new ArrayList<>();
    List<Client> kept;
    synchronized (this) {
      kept = records.removeExpired(removed);
    }
    for (Client client : removed) {
      var _ = expire(client);
    }
    for (Client client : kept) {
      Runnable ending = state.endingOfLease(client.clientid());
      if (client.isExpired()) {
        ending.run();
      }
    }
    state.reap();
  }

  @Override
  public List<ClientStatus> clients() {
    List<ClientStatus> statuses = new ArrayList<>();
    synchronized (this) {
      records.all().forEach(client -> statuses.add(status(client)));
    }
    statuses.sort(Comparator.comparing(ClientStatus::clientid, Long::compareUnsigned));
    return statuses;
  }

  private ClientStatus status(Client client) {
    ClientStatus.State lease = ClientStatus.State.UNCONFIRMED;
    if (client.isConfirmed()) {
      lease = client.isExpired() ? ClientStatus.State.COURTESY : ClientStatus.State.ACTIVE;
    }
    SocketAddress address = client.address();
    return new ClientStatus(
        client.clientid(),
        client.name(),
        address == null ? "" : text(address),
        lease,
        Duration.ofNanos(client.silentNanos()),
        client.sessions().size(),
        state.holdings(client.clientid()));
  }

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress inet && !inet.isUnresolved()
        ? Hosts.text(inet) + " port " + inet.getPort()
        : String.valueOf(address);
  }

  @Override
  public CompletableFuture<Boolean> expire(long clientid) {
    List<Client> removed = new ArrayList<>();
    synchronized (this) {
      Client client = records.find(clientid);
      if (client == null) {
        return CompletableFuture.completedFuture(false);
      }
      records.remove(client, removed);
    }
    return expire(removed.getFirst()).thenApply(_ -> true);
  }

  /** The server stops: ends all clients, which may reclaim from the next instance. */
  public void close() {
    List<Client> removed = new ArrayList<>();
    synchronized (this) {
      records.all().forEach(client -> records.remove(client, removed));
    }
    removed.forEach(client -> {
      disconnect(client);
      state.removeClient(client.clientid());
    });
  }

  /** How many client records there are, confirmed or not. */
  public synchronized int clientCount() {
    return records.size();
  }

  /** How large its tables are. */
  public synchronized SessionSizes sizes() {
    return new SessionSizes(
        records.size(), sessions.size(), connections.size(), budget.bytesLeft());
  }

  /** How many sessions there are. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Whether there is such a session still. */
  public boolean hasSession(Sessionid4 sessionid) {
    return sessions.containsKey(sessionid);
  }

  /**
   * The record of a client that did not renew its lease is out of all tables. What it held goes to
   * others only when it certainly cannot reclaim it after a restart (RFC 8881 section 8.4.3, first
   * edge condition).
   *
   * @return completes when it has gone
   */
  private CompletableFuture<Void> expire(Client client) {
    disconnect(client);
    return forgotten(client).thenRun(() -> state.removeClient(client.clientid()));
  }

  /** The same with a client that has itself given up what it held, or has restarted. */
  private CompletableFuture<Void> forget(Client client) {
    client.rivals().say();
    disconnect(client);
    state.removeClient(client.clientid());
    return forgotten(client);
  }

  private CompletableFuture<Void> forgotten(Client client) {
    boolean confirmed;
    synchronized (this) {
      confirmed = client.isConfirmed();
    }
    return confirmed
        ? recovery.forget(client.key(), client.clientid())
        : CompletableFuture.completedFuture(null);
  }

  private void disconnect(Client client) {
    List<Session> held;
    synchronized (this) {
      held = new ArrayList<>(client.sessions());
      client.sessions().clear();
    }
    held.forEach(this::end);
    client.callbacks().end();
  }

  private void end(Session session) {
    if (sessions.remove(session.id(), session)) {
      budget.release(session.foreChannel());
      connections.forget(session);
      session.client().callbacks().detach(session.backChannel());
    }
  }

  private static long next(long sequence) {
    return (sequence + 1) & SEQUENCEID_MASK;
  }
}
