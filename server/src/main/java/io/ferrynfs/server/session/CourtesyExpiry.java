package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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

/** Expires courtesy clients whose state conflicts with other clients. */
final class CourtesyExpiry implements CourtesyClients {
  private static final Logger LOG = System.getLogger(CourtesyExpiry.class.getName());

  private final ClientRecords records;
  private final Function<Client, CompletableFuture<Void>> expire;
  private final LogThrottle throttle;

  @GuardedBy("records")
  private CompletableFuture<Void> expiring = CompletableFuture.completedFuture(null);

  /**
   * @param expire ends a client whose record was removed; called under no lock
   */
  CourtesyExpiry(
      ClientRecords records, Function<Client, CompletableFuture<Void>> expire, Ticker ticker) {
    this.records = records;
    this.expire = expire;
    throttle = new LogThrottle(ticker);
  }

  @Override
  public Outcome expire(Set<Long> holders) {
    List<Client> removed = new ArrayList<>();
    boolean isDone = true;
    synchronized (records) {
      List<Client> courtesyClients = new ArrayList<>();
      for (long clientid : holders) {
        Client client = records.find(clientid);
        if (client == null) {
          // The record was removed before; its state ends soon.
          isDone = false;
        } else if (client.isExpired()) {
          courtesyClients.add(client);
        } else {
          return Outcome.ACTIVE;
        }
      }
      courtesyClients.forEach(client -> records.remove(client, removed));
    }
    for (Client client : removed) {
      isDone &= expire.apply(client).isDone();
    }
    return isDone ? Outcome.EXPIRED : Outcome.PENDING;
  }

  @Override
  public Outcome expireForFiles(long asking, LongToIntFunction files) {
    Client oldest;
    CompletableFuture<Void> ended = new CompletableFuture<>();
    synchronized (records) {
      if (!expiring.isDone()) {
        // The files of the client that expires may suffice.
        return Outcome.PENDING;
      }
      oldest =
          records.all().stream()
              .filter(client -> client.isConfirmed() && client.isExpired())
              .filter(client -> files.applyAsInt(client.clientid()) > 0)
              .max(CourtesyPolicy.latestExpiredFirst())
              .orElse(null);
      log(asking, files, oldest);
      if (oldest == null) {
        return Outcome.ACTIVE;
      }
      records.remove(oldest, new ArrayList<>());
      expiring = ended;
    }
    var _ = expire.apply(oldest).whenComplete((done, failure) -> ended.complete(null));
    return ended.isDone() ? Outcome.EXPIRED : Outcome.PENDING;
  }

  private void log(long asking, LongToIntFunction files, @Nullable Client expired) {
    if (!throttle.isDue()) {
      return;
    }
    Client most =
        records.all().stream()
            .max(Comparator.comparingInt(client -> files.applyAsInt(client.clientid())))
            .orElse(null);
    LOG.log(
        Logger.Level.WARNING,
        "file descriptors run short: "
            + text(records.find(asking), files)
            + (most == null || most.clientid() == asking || most.equals(expired)
                ? ""
                : "; " + text(most, files) + ", the most of all clients")
            + (expired == null
                ? "; it cannot open more"
                : "; " + text(expired, files) + " and is expired, because its lease has expired")
            + "; raise the limit of open files (ulimit -n)"
            + LogThrottle.NOTE);
  }

  private static String text(@Nullable Client client, LongToIntFunction files) {
    return client == null
        ? "a removed client"
        : "client "
            + client.name()
            + " at "
            + Hosts.text(client.address())
            + " has "
            + files.applyAsInt(client.clientid())
            + " files open";
  }
}
