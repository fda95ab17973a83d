package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.state.CourtesyClients;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/** Ends clients whose lease has run out, because others want what they hold. */
final class CourtesyExpiry implements CourtesyClients {
  private static final Logger LOG = System.getLogger(CourtesyExpiry.class.getName());

  private final Object lock;
  private final Function<Client, CompletableFuture<Void>> expire;
  private final LogThrottle seldom;

  // Guarded by the lock.
  private final ClientRecords records;
  private CompletableFuture<Void> ending = CompletableFuture.completedFuture(null);

  /**
   * @param lock guards the records
   * @param expire ends a client that has been taken from all tables; called under no lock
   */
  CourtesyExpiry(
      Object lock,
      ClientRecords records,
      Function<Client, CompletableFuture<Void>> expire,
      Ticker ticker) {
    this.lock = lock;
    this.records = records;
    this.expire = expire;
    seldom = new LogThrottle(ticker);
  }

  @Override
  public Outcome expire(Set<Long> holders) {
    List<Client> removed = new ArrayList<>();
    boolean now = true;
    synchronized (lock) {
      List<Client> met = new ArrayList<>();
      for (long clientid : holders) {
        Client client = records.find(clientid);
        if (client == null) {
          // Its record has gone, and what it held is about to.
          now = false;
        } else if (client.isExpired()) {
          met.add(client);
        } else {
          return Outcome.ACTIVE;
        }
      }
      met.forEach(client -> records.remove(client, removed));
    }
    for (Client client : removed) {
      now &= expire.apply(client).isDone();
    }
    return now ? Outcome.EXPIRED : Outcome.PENDING;
  }

  @Override
  public Outcome expireForFiles(long asking, LongToIntFunction files) {
    Client oldest;
    CompletableFuture<Void> ended = new CompletableFuture<>();
    synchronized (lock) {
      if (!ending.isDone()) {
        // What that one held may be enough.
        return Outcome.PENDING;
      }
      oldest =
          records.all().stream()
              .filter(client -> client.isConfirmed() && client.isExpired())
              .filter(client -> files.applyAsInt(client.clientid()) > 0)
              .max(CourtesyPolicy.youngestFirst())
              .orElse(null);
      log(asking, files, oldest);
      if (oldest == null) {
        return Outcome.ACTIVE;
      }
      records.remove(oldest, new ArrayList<>());
      ending = ended;
    }
    var _ = expire.apply(oldest).whenComplete((done, failure) -> ended.complete(null));
    return ended.isDone() ? Outcome.EXPIRED : Outcome.PENDING;
  }

  /** As long as it goes on, said from time to time only. */
  private void log(long asking, LongToIntFunction files, @Nullable Client ended) {
    if (!seldom.isDue()) {
      return;
    }
    Client most =
        records.all().stream()
            .max(Comparator.comparingInt(client -> files.applyAsInt(client.clientid())))
            .orElse(null);
    LOG.log(
        Logger.Level.WARNING,
        "descriptors run short: "
            + text(records.find(asking), files)
            + (most == null || most.clientid() == asking || most.equals(ended)
                ? ""
                : "; " + text(most, files) + ", the most of all")
            + (ended == null
                ? "; it gets no more"
                : "; " + text(ended, files) + ", is silent and gives way")
            + ". A higher limit of open files (ulimit -n) helps"
            + LogThrottle.NOTE);
  }

  private static String text(@Nullable Client client, LongToIntFunction files) {
    return client == null
        ? "a client that has gone"
        : "client "
            + client.name()
            + " at "
            + Hosts.text(client.address())
            + " has "
            + files.applyAsInt(client.clientid())
            + " files open";
  }
}
