package io.ferrynfs.server.session;

import io.ferrynfs.server.recovery.Recovery;
import io.ferrynfs.server.state.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Ends clients whose records were removed: their sessions, their state and their entries in the
 * registry of clients. Called under no lock.
 */
final class ClientRemoval {
  private final ClientRecords records;
  private final SessionTable sessions;
  private final StateTable state;
  private final Recovery recovery;

  ClientRemoval(ClientRecords records, SessionTable sessions, StateTable state, Recovery recovery) {
    this.records = records;
    this.sessions = sessions;
    this.state = state;
    this.recovery = recovery;
  }

  /**
   * Ends a client that did not renew its lease. Other clients may acquire its state only after it
   * certainly cannot reclaim that state after a restart (RFC 8881 section 8.4.3, first edge
   * condition).
   *
   * @return completes when its state has ended
   */
  CompletableFuture<Void> expire(Client client) {
    disconnect(client);
    return removeRecord(client).thenRun(() -> state.removeClient(client.clientid()));
  }

  /**
   * Ends a client that gave up its state itself or has restarted.
   *
   * @return completes when the removal is durable
   */
  CompletableFuture<Void> discard(Client client) {
    client.duplicateName().log();
    disconnect(client);
    state.removeClient(client.clientid());
    return removeRecord(client);
  }

  /** Ends a client that may reclaim its state from the next server instance. */
  void suspend(Client client) {
    disconnect(client);
    state.removeClient(client.clientid());
  }

  private CompletableFuture<Void> removeRecord(Client client) {
    boolean confirmed;
    synchronized (records) {
      confirmed = client.isConfirmed();
    }
    return confirmed
        ? recovery.forget(client.key(), client.clientid())
        : CompletableFuture.completedFuture(null);
  }

  private void disconnect(Client client) {
    List<Session> held;
    synchronized (records) {
      held = new ArrayList<>(client.sessions());
      client.sessions().clear();
    }
    held.forEach(sessions::end);
    client.callbacks().end();
  }
}
