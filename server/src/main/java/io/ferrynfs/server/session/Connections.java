package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The sessions that each connection is associated with. */
final class Connections {
  private final ConcurrentMap<RpcConnection, Set<Session>> sessions = new ConcurrentHashMap<>();

  /** Associates a connection with a session. The caller checks afterwards whether it is open. */
  void bound(RpcConnection connection, Session session) {
    sessions.computeIfAbsent(connection, c -> ConcurrentHashMap.newKeySet()).add(session);
  }

  /** Dissociates a closed connection from its sessions. */
  void closed(RpcConnection connection) {
    Set<Session> bound = sessions.remove(connection);
    if (bound != null) {
      bound.forEach(session -> session.unbind(connection));
    }
  }

  /** Returns the number of connections that are or were associated with a session. */
  int size() {
    return sessions.size();
  }

  /** Removes a session that has ended. */
  void forget(Session session) {
    sessions.values().forEach(bound -> bound.remove(session));
  }
}
