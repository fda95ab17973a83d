package io.ferrynfs.cli.admin;

import io.ferrynfs.server.ClientDirectory;
import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.server.ClientStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Clients of a fake server. */
public final class MemoryClients implements ClientDirectory {
  private final Map<Long, ClientStatus> clients = new ConcurrentHashMap<>();

  /** Returns a client with all properties. */
  public static ClientStatus client(long clientid, ClientStatus.State state) {
    return new ClientStatus(
        clientid,
        "Linux NFSv4.2 host" + (clientid & 0xff),
        state == ClientStatus.State.UNCONFIRMED ? "" : "10.0.0.7 port 877",
        state,
        Duration.ofSeconds(4),
        2,
        new ClientHoldings(12, 3, 1, 0));
  }

  public void add(ClientStatus client) {
    clients.put(client.clientid(), client);
  }

  @Override
  public List<ClientStatus> clients() {
    return clients.values().stream()
        .sorted(Comparator.comparing(ClientStatus::clientid, Long::compareUnsigned))
        .toList();
  }

  @Override
  public CompletableFuture<Boolean> expire(long clientid) {
    return CompletableFuture.completedFuture(clients.remove(clientid) != null);
  }
}
