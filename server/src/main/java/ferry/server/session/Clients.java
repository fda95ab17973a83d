package ferry.server.session;

import ferry.rpc.Credential;
import ferry.rpc.RpcConnection;
import ferry.rpc.env.Env;
import ferry.server.access.Principal;
import ferry.server.config.ServerIdentity;
import ferry.server.config.ServerLimits;
import ferry.server.recovery.Recovery;
import ferry.server.state.StateTable;
import ferry.server.status.Refused;
import ferry.wire.nfs4.BindConnToSession4Args;
import ferry.wire.nfs4.BindConnToSession4Resok;
import ferry.wire.nfs4.ChannelAttrs4;
import ferry.wire.nfs4.ChannelDirFromServer4;
import ferry.wire.nfs4.CreateSession4Args;
import ferry.wire.nfs4.CreateSession4Res;
import ferry.wire.nfs4.CreateSession4Resok;
import ferry.wire.nfs4.ExchangeId4Args;
import ferry.wire.nfs4.ExchangeId4Resok;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.ServerOwner4;
import ferry.wire.nfs4.Sessionid4;
import ferry.wire.nfs4.SsvSpParms4;
import ferry.wire.nfs4.StateProtect4A;
import ferry.wire.nfs4.StateProtect4R;
import ferry.wire.xdr.Opaque;
import java.util.ArrayList;
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
public final class Clients {
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
  private final ChannelNegotiation negotiation;
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
    this.budget = new ReplyCacheBudget(limits.cachedReplyBytesTotalMax());
    this.negotiation = new ChannelNegotiation(limits, budget);
    this.records = new ClientRecords(limits.clientsMax());
  }

  /** The grace period, and who may reclaim after the next restart. */
  public Recovery recovery() {
    return recovery;
  }

  /** SEQUENCE. */
  public SequenceOutcome begin(SequenceRequest request) {
    Session session = sessions.get(request.args().sessionid());
    return session == null
        ? new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_BADSESSION)
        : session.begin(request);
  }

  /** EXCHANGE_ID (RFC 5661 18.35). */
  public ExchangeId4Resok exchangeId(ExchangeId4Args args, Principal principal, int minorVersion)
      throws Refused {
    checkExchange(args, minorVersion);
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
                    owner -> new Client(freshClientid(), owner, principal, env, limits, recovery),
                    removed);
        return introduction(client);
      }
    } finally {
      removed.forEach(this::expire);
    }
  }

  private static void checkExchange(ExchangeId4Args args, int minorVersion) throws Refused {
    long defined = minorVersion == 1 ? EXCHANGE_FLAGS : EXCHANGE_FLAGS_42;
    if ((args.flags() & ~defined) != 0) {
      throw new Refused(Nfsstat4.NFS4ERR_INVAL);
    }
    switch (args.stateProtect()) {
      case StateProtect4A.None none -> {}
      // It needs RPCSEC_GSS with integrity or privacy (18.35.3), which does not reach us here.
      case StateProtect4A.MachCred machine -> throw new Refused(Nfsstat4.NFS4ERR_INVAL);
      case StateProtect4A.Ssv(SsvSpParms4 ssv) -> {
        boolean empty = ssv.hashAlgs().isEmpty() || ssv.encrAlgs().isEmpty() || ssv.window() == 0;
        throw new Refused(empty ? Nfsstat4.NFS4ERR_INVAL : Nfsstat4.NFS4ERR_ENCR_ALG_UNSUPP);
      }
    }
  }

  private ExchangeId4Resok introduction(Client client) {
    long flags = Nfs4.EXCHGID4_FLAG_USE_NON_PNFS;
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

  /** CREATE_SESSION in its four phases (RFC 5661 18.36.4). */
  public CreateSession4Res createSession(
      CreateSession4Args args, Principal principal, RpcConnection connection, int minorVersion) {
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
        throw new Refused(Nfsstat4.NFS4ERR_CLID_INUSE);
      }
      if ((args.flags() & ~CREATE_FLAGS) != 0) {
        throw new Refused(Nfsstat4.NFS4ERR_INVAL);
      }
      if (client.sessions().size() >= limits.sessionsPerClientMax()) {
        throw new Refused(Nfsstat4.NFS4ERR_NOSPC);
      }
      Session session = newSession(client, args, minorVersion);
      if (!client.isConfirmed()) {
        records.confirm(client, removed);
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
    } catch (Refused refused) {
      return new CreateSession4Res.Failed(refused.status());
    }
  }

  private Session newSession(Client client, CreateSession4Args args, int minorVersion)
      throws Refused {
    boolean callbacks = (args.flags() & Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN) != 0;
    ChannelAttrs4 back = ChannelNegotiation.back(args.backChanAttrs());
    Credential credential = BackChannel.usable(args.secParms());
    if (credential == null) {
      if (callbacks) {
        throw new Refused(Nfsstat4.NFS4ERR_INVAL);
      }
      credential = Credential.NONE;
    }
    ChannelAttrs4 fore = negotiation.fore(args.foreChanAttrs());
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

  /** BIND_CONN_TO_SESSION (RFC 5661 18.34). */
  public BindConnToSession4Resok bind(BindConnToSession4Args args, RpcConnection connection)
      throws Refused {
    Session session = sessions.get(args.sessid());
    if (session == null) {
      throw new Refused(Nfsstat4.NFS4ERR_BADSESSION);
    }
    ChannelDirFromServer4 bound = session.bind(args.dir(), connection);
    return new BindConnToSession4Resok(args.sessid(), bound, false);
  }

  /**
   * DESTROY_SESSION (RFC 5661 18.37).
   *
   * @param own the session that the COMPOUND runs in, or null
   * @throws Refused NFS4ERR_BADSESSION; NFS4ERR_CONN_NOT_BOUND_TO_SESSION; NFS4ERR_DELAY while
   *     other requests of the session execute
   */
  public void destroySession(Sessionid4 id, RpcConnection connection, @Nullable Session own)
      throws Refused {
    synchronized (this) {
      Session session = sessions.get(id);
      if (session == null) {
        throw new Refused(Nfsstat4.NFS4ERR_BADSESSION);
      }
      // A client that has lost all its connections has none left that is associated.
      if (session.hasConnections() && !session.isBound(connection)) {
        throw new Refused(Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION);
      }
      if (session.executing() > (own == session ? 1 : 0)) {
        throw new Refused(Nfsstat4.NFS4ERR_DELAY);
      }
      session.client().sessions().remove(session);
      end(session);
    }
  }

  /**
   * DESTROY_CLIENTID (RFC 5661 18.50).
   *
   * @return completes when it is durable that the client is gone
   * @throws Refused NFS4ERR_STALE_CLIENTID; NFS4ERR_CLIENTID_BUSY while there are sessions or state
   */
  public CompletableFuture<Void> destroyClientid(long clientid) throws Refused {
    Client client;
    synchronized (this) {
      client = records.find(clientid);
      if (client == null) {
        throw new Refused(Nfsstat4.NFS4ERR_STALE_CLIENTID);
      }
      if (!client.sessions().isEmpty() || state.holdsState(clientid)) {
        throw new Refused(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
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
   * Ends the clients whose lease has run out, unconfirmed records as old, and stateids that have a
   * lease of their own. May close files.
   */
  public void reap() {
    List<Client> removed = new ArrayList<>();
    synchronized (this) {
      records.removeExpired(removed);
    }
    removed.forEach(this::expire);
    state.reap();
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

  /** How many sessions there are. */
  public int sessionCount() {
    return sessions.size();
  }

  /**
   * The record of a client that did not renew its lease is out of all tables. What it held goes to
   * others only when it certainly cannot reclaim it after a restart (RFC 5661 8.4.3, first edge
   * condition).
   */
  private void expire(Client client) {
    disconnect(client);
    var _ = forgotten(client).thenRun(() -> state.removeClient(client.clientid()));
  }

  /** The same with a client that has itself given up what it held, or has restarted. */
  private CompletableFuture<Void> forget(Client client) {
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
      budget.release(session.fore());
      connections.forget(session);
      session.client().callbacks().detach(session.backChannel());
    }
  }

  private static long next(long sequence) {
    return (sequence + 1) & SEQUENCEID_MASK;
  }
}
