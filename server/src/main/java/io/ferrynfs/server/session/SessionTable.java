package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Resok;
import io.ferrynfs.wire.nfs4.ChannelDirFromServer4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The sessions of all clients. A lookup takes no lock, because every request does one. */
final class SessionTable {
  private final ReplyCacheBudget budget;
  private final Connections connections = new Connections();
  private final ConcurrentMap<Sessionid4, Session> sessions = new ConcurrentHashMap<>();

  SessionTable(ReplyCacheBudget budget) {
    this.budget = budget;
  }

  @Nullable Session find(Sessionid4 id) {
    return sessions.get(id);
  }

  void add(Session session) {
    sessions.put(session.id(), session);
  }

  int size() {
    return sessions.size();
  }

  /** Returns the registry of the connections that are associated with sessions. */
  Connections connections() {
    return connections;
  }

  /** Begins a COMPOUND that starts with SEQUENCE. */
  SequenceOutcome begin(SequenceRequest request) {
    Session session = sessions.get(request.args().sessionid());
    return session == null
        ? new SequenceOutcome.Refuse(Nfsstat4.NFS4ERR_BADSESSION)
        : session.begin(request);
  }

  /** Associates a connection with a session (BIND_CONN_TO_SESSION, RFC 8881 section 18.34). */
  BindConnToSession4Resok bind(BindConnToSession4Args args, RpcConnection connection)
      throws NfsStatusException {
    Session session = sessions.get(args.sessid());
    if (session == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADSESSION);
    }
    ChannelDirFromServer4 bound = session.bind(args.dir(), connection);
    return new BindConnToSession4Resok(args.sessid(), bound, false);
  }

  /** Ends a session that was removed from its client. */
  void end(Session session) {
    if (sessions.remove(session.id(), session)) {
      budget.release(session.foreChannel());
      connections.forget(session);
      session.client().callbacks().detach(session.backChannel());
    }
  }
}
