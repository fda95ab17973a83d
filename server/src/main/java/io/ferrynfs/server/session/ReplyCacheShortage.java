package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Says from time to time that sessions are refused or small, and where the room has gone. Called
 * where client records are guarded.
 */
final class ReplyCacheShortage {
  private static final Logger LOG = System.getLogger(ReplyCacheShortage.class.getName());
  private static final long KIB = 1 << 10;

  private final ReplyCacheBudget budget;
  private final Supplier<List<Client>> all;
  private final LogThrottle seldomOfCache;
  private final LogThrottle seldomOfAddress;

  /**
   * @param all all the clients; called where one is named
   */
  ReplyCacheShortage(ReplyCacheBudget budget, Supplier<List<Client>> all, Ticker ticker) {
    this.budget = budget;
    this.all = all;
    seldomOfCache = new LogThrottle(ticker);
    seldomOfAddress = new LogThrottle(ticker);
  }

  /**
   * A session got less than it should, or none.
   *
   * @param from where the client is
   * @param outcome what it gets instead
   */
  void say(Client asking, SocketAddress from, String outcome) {
    if (!seldomOfCache.isDue()) {
      return;
    }
    String most =
        all.get().stream()
            .filter(client -> bytes(client) > 0)
            .max(Comparator.comparingLong(ReplyCacheShortage::bytes))
            .map(this::text)
            .orElse("nobody has any");
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

  /** An address has as many clients as it may. */
  void sayTooMany(Client asking, SocketAddress from, int clients) {
    if (seldomOfAddress.isDue()) {
      LOG.log(
          Level.WARNING,
          () ->
              "client %s is refused: there are %d clients at its address, %s, as many as there may"
                      .formatted(asking.name(), clients, Hosts.text(from))
                  + " be; `ferry clients` lists them, --expire ends one"
                  + LogThrottle.NOTE);
    }
  }
}
