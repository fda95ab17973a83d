package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** DESTROY_SESSION (RFC 8881 section 18.37). */
final class SessionDestruction {
  private final ClientRecords records;
  private final SessionTable sessions;
  private final Fence fence;

  SessionDestruction(ClientRecords records, SessionTable sessions, Fence fence) {
    this.records = records;
    this.sessions = sessions;
    this.fence = fence;
  }

  /**
   * Executes DESTROY_SESSION.
   *
   * @param own the slot of the request if it is in a session
   * @return completes when no other request of the session executes (RFC 7862 section 14.1), or
   *     with NFS4ERR_DELAY and without effect if that takes too long or more requests arrived
   * @throws NfsStatusException NFS4ERR_BADSESSION; NFS4ERR_CONN_NOT_BOUND_TO_SESSION
   */
  CompletableFuture<Nfsstat4> destroySession(
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
          } catch (NfsStatusException e) {
            return e.status();
          }
        });
  }

  /** Ends a session without executing requests; otherwise returns the ends of these. */
  private List<CompletableFuture<Void>> endUnlessBusy(
      Sessionid4 id, RpcConnection connection, @Nullable SlotId own) throws NfsStatusException {
    synchronized (records) {
      Session session = sessions.find(id);
      if (session == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_BADSESSION);
      }
      // Any connection may destroy a session whose connections are all lost.
      if (session.hasConnections() && !session.isBound(connection)) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION);
      }
      List<CompletableFuture<Void>> executing = session.executing(own);
      if (executing.isEmpty()) {
        session.client().sessions().remove(session);
        sessions.end(session);
      }
      return executing;
    }
  }
}
