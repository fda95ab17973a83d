package io.ferrynfs.server.session;

import io.ferrynfs.server.state.StateTable;
import java.util.ArrayList;
import java.util.List;

/** Expires the clients and the state whose leases have expired. */
final class ClientLeases {
  private final ClientRecords records;
  private final ClientRemoval removal;
  private final StateTable state;

  ClientLeases(ClientRecords records, ClientRemoval removal, StateTable state) {
    this.records = records;
    this.removal = removal;
    this.state = state;
  }

  /**
   * Ends the clients whose leases have expired. Courtesy clients lose only the state that ends with
   * the lease. Ends unconfirmed records of the same age and stateids with a lease of their own. May
   * close files.
   */
  void reap() {
    List<Client> removed = new ArrayList<>();
    List<Client> courtesyClients = records.removeExpired(removed);
    for (Client client : removed) {
      var _ = removal.expire(client);
    }
    for (Client client : courtesyClients) {
      Runnable ending = state.endingOfLease(client.clientid());
      if (client.isExpired()) {
        ending.run();
      }
    }
    state.reap();
  }
}
