package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Logs from time to time that sessions are small or refused, and which client has the most reply
 * cache. Called under the lock of the client records.
 */
final class ReplyCacheShortage {
  private static final Logger LOG = System.getLogger(ReplyCacheShortage.class.getName());
  private static final long KIB = 1 << 10;

  private final ReplyCacheBudget budget;
  private final Supplier<List<Client>> all;
  private final LogThrottle cacheThrottle;
  private final LogThrottle addressThrottle;

  /**
   * @param all returns all clients
   */
  ReplyCacheShortage(ReplyCacheBudget budget, Supplier<List<Client>> all, Ticker ticker) {
    this.budget = budget;
    this.all = all;
    cacheThrottle = new LogThrottle(ticker);
    addressThrottle = new LogThrottle(ticker);
  }

  /**
   * Logs that a client received fewer slots than it requested, or no session.
   *
   * @param from the address of the client
   * @param outcome the predicate of the message
   */
  void log(Client asking, SocketAddress from, String outcome) {
    if (!cacheThrottle.isDue()) {
      return;
    }
    String most =
        all.get().stream()
            .filter(client -> bytes(client) > 0)
            .max(Comparator.comparingLong(ReplyCacheShortage::bytes))
            .map(this::text)
            .orElse("no client has any");
    LOG.log(
        Level.WARNING,
        () ->
            "memory for cached replies runs short: client %s at %s %s; %s. `ferry clients` lists"
                    .formatted(asking.name(), Hosts.text(from), outcome, most)
                + " them, --expire ends one; on Linux, nfs.max_session_slots makes each need less"
                + LogThrottle.NOTE);
  }

  private String text(Client client) {
    SocketAddress address = client.address();
    return "client %s at %s has the most, %d KiB, and all clients at that address have %d KiB"
        .formatted(
            client.name(),
            Hosts.text(address),
            bytes(client) / KIB,
            budget.taken(Hosts.of(address)) / KIB);
  }

  private static long bytes(Client client) {
    return client.sessions().stream()
        .mapToLong(session -> session.foreChannel().cacheBytes())
        .sum();
  }

  /** Logs that an address has reached its limit of clients. */
  void logTooManyClients(Client asking, SocketAddress from, int clients) {
    if (addressThrottle.isDue()) {
      LOG.log(
          Level.WARNING,
          () ->
              "client %s is refused: its address, %s, has %d clients, which is the limit"
                      .formatted(asking.name(), Hosts.text(from), clients)
                  + "; `ferry clients` lists them, --expire ends one"
                  + LogThrottle.NOTE);
    }
  }
}
