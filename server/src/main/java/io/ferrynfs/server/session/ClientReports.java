package io.ferrynfs.server.session;

import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.state.StateTable;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reports on the clients for administrators. */
final class ClientReports {
  private final ClientRecords records;
  private final StateTable state;

  ClientReports(ClientRecords records, StateTable state) {
    this.records = records;
    this.state = state;
  }

  /** Returns the status of all clients, ordered by clientid. */
  List<ClientStatus> clients() {
    List<ClientStatus> statuses = new ArrayList<>();
    synchronized (records) {
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
}
