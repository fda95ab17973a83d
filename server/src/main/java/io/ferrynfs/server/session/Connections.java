package io.ferrynfs.server.session;

import io.ferrynfs.rpc.RpcConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Which sessions a connection is associated with, so that its end is told to them. */
final class Connections {
  private final ConcurrentMap<RpcConnection, Set<Session>> sessions = new ConcurrentHashMap<>();

  /** The connection is associated with the session. Who calls looks afterwards if it is open. */
  void bound(RpcConnection connection, Session session) {
    sessions.computeIfAbsent(connection, c -> ConcurrentHashMap.newKeySet()).add(session);
  }

  /** The connection has ended. */
  void closed(RpcConnection connection) {
    Set<Session> bound = sessions.remove(connection);
    if (bound != null) {
      bound.forEach(session -> session.unbind(connection));
    }
  }

  /** How many connections are associated with a session, or were. */
  int size() {
    return sessions.size();
  }

  /** The session has ended. */
  void forget(Session session) {
    sessions.values().forEach(bound -> bound.remove(session));
  }
}
