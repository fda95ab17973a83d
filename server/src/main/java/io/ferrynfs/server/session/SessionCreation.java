package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** CREATE_SESSION (RFC 8881 section 18.36). */
final class SessionCreation {
  private static final long SEQUENCEID_MASK = 0xffff_ffffL;
  private static final int SESSIONID_BYTES = 16;

  private static final long CREATE_FLAGS =
      Nfs4.CREATE_SESSION4_FLAG_PERSIST
          | Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN
          | Nfs4.CREATE_SESSION4_FLAG_CONN_RDMA;

  private final Env env;
  private final ServerLimits limits;
  private final ClientRecords records;
  private final ClientRemoval removal;
  private final SessionTable sessions;
  private final StateTable state;
  private final ReplyCacheBudget budget;
  private final ReplyCacheShortage shortage;
  private final ChannelNegotiation negotiation;

  SessionCreation(
      Env env,
      ServerLimits limits,
      ClientRecords records,
      ClientRemoval removal,
      SessionTable sessions,
      StateTable state,
      ReplyCacheBudget budget) {
    this.env = env;
    this.limits = limits;
    this.records = records;
    this.removal = removal;
    this.sessions = sessions;
    this.state = state;
    this.budget = budget;
    shortage = new ReplyCacheShortage(budget, records::all, env.ticker());
    negotiation = new ChannelNegotiation(limits, budget, shortage);
  }

  /** Executes CREATE_SESSION in the four phases of RFC 8881 section 18.36.4. */
  CreateSession4Res createSession(
      CreateSession4Args args, Principal principal, RpcConnection connection, int minorVersion) {
    freeReplyCache();
    List<Client> removed = new ArrayList<>();
    try {
      synchronized (records) {
        Client client = records.find(args.clientid());
        if (client == null) {
          return new CreateSession4Res.Failed(Nfsstat4.NFS4ERR_STALE_CLIENTID);
        }
        if (client.isCreateRetry(args)) {
          return client.createReply();
        }
        long next = (client.createSequence() + 1) & SEQUENCEID_MASK;
        if (args.sequence() != next && !client.isCorrectedCreate(args)) {
          return new CreateSession4Res.Failed(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
        }
        CreateSession4Res reply =
            create(client, args, principal, connection, minorVersion, removed);
        client.created(args, reply);
        return reply;
      }
    } finally {
      removed.forEach(client -> {
        var _ = removal.discard(client);
      });
    }
  }

  /** Called under the lock of the records. */
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
    } catch (NfsStatusException e) {
      return new CreateSession4Res.Failed(e.status());
    }
  }

  /** Expires courtesy clients, the longest expired first, while the reply cache is low. */
  private void freeReplyCache() {
    boolean found = true;
    while (found && budget.isLow()) {
      List<Client> removed = new ArrayList<>();
      found = records.removeLongestExpired(removed);
      removed.forEach(client -> {
        var _ = removal.expire(client);
      });
    }
  }

  private void checkShareOfAddress(Client client, SocketAddress from) throws NfsStatusException {
    int most = limits.shares().clientsPerAddressMax();
    if (records.isAdditional(client) && records.activeAt(from) >= most) {
      shortage.logTooManyClients(client, from, most);
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
      credential = Credential.none();
    }
    ForeChannel fore = negotiation.fore(args.foreChanAttrs(), client, from);
    Sessionid4 id = new Sessionid4(Opaque.of(env.random().bytes(SESSIONID_BYTES)));
    BackChannel backChannel =
        new BackChannel(
            id, back, minorVersion, new BackChannel.Target((int) args.cbProgram(), credential));
    Session session =
        new Session(
            id,
            client,
            fore,
            backChannel,
            sessions.connections(),
            limits.connectionsPerSessionMax());
    client.sessions().add(session);
    client.callbacks().attach(backChannel);
    sessions.add(session);
    return session;
  }
}
