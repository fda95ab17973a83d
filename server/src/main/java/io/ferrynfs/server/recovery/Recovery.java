package io.ferrynfs.server.recovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ClientRegistry;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The grace period after a start and the records of the clients that may reclaim state after the
 * next one (RFC 8881 sections 8.4.2.1 and 8.4.3).
 *
 * <p>RECLAIM_COMPLETE records a client before its reply is sent; until then the client gets no new
 * state. When a lease expires, the record is removed before the state (first edge condition). At
 * the end of the grace period the records of clients without RECLAIM_COMPLETE are removed before
 * new state is granted (second edge condition). Therefore a recorded client holds all the state
 * that it believes it holds when the server dies.
 *
 * <p>Its monitor is held for a few instructions, never during a write of the registry.
 */
public final class Recovery implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Recovery.class.getName());

  /** Room for the clients of this instance and of the previous one. */
  private static final int RECORDS_PER_CLIENT = 2;

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** The clientid of a client that is unknown to this instance. */
  private static final long UNKNOWN = 0;

  /** The phases, in their order. */
  private enum Phase {
    GRACE,
    /** Clients can no longer reclaim state; new state is granted after the registry is written. */
    ENDING,
    OVER
  }

  /** The present or pending registry entry of a client. */
  private record Recorded(long clientid, int leaseSeconds) {}

  private final RegistryWriter writer;
  private final int leaseSeconds;
  private final long recordsMax;
  private final Env env;
  private final Duration length;
  private volatile Phase phase;

  @GuardedBy("this")
  private final Map<ClientKey, Recorded> recorded = new HashMap<>();

  @GuardedBy("this")
  private final Set<ClientKey> awaited;

  @GuardedBy("this")
  private boolean leftoversGone;

  @GuardedBy("this")
  private int reclaiming;

  @GuardedBy("this")
  private @Nullable Cancellable timer;

  /** Whether state was reclaimed in the current second. */
  @GuardedBy("this")
  private boolean isReclaimed;

  @GuardedBy("this")
  private int secondsAdded;

  /** The number of awaited clients whose records are being removed. */
  @GuardedBy("this")
  private int leaving;

  private Recovery(
      Env env,
      ClientRegistry registry,
      Map<ClientKey, Integer> known,
      int leaseSeconds,
      int clientsMax) {
    this.env = env;
    this.leaseSeconds = leaseSeconds;
    this.length = length(leaseSeconds, known);
    this.recordsMax = RECORDS_PER_CLIENT * (long) clientsMax;
    this.awaited = new HashSet<>(known.keySet());
    known.forEach((client, seconds) -> recorded.put(client, new Recorded(UNKNOWN, seconds)));
    writer = new RegistryWriter(env, registry, this::recordAll);
    phase = known.isEmpty() ? Phase.OVER : Phase.GRACE;
    if (phase == Phase.GRACE) {
      timer = env.timers().schedule(length.minus(SECOND), this::startLastSecond);
    }
  }

  /**
   * Starts a server. If the registry has clients, the grace period begins. The time of the
   * environment should pass only while the server listens, see {@link ServedTime}.
   *
   * @param leaseSeconds the lease time of this instance
   * @param clientsMax the limit of concurrent clients
   * @throws IOException if the registry cannot be read
   */
  public static Recovery start(Env env, ClientRegistry registry, int leaseSeconds, int clientsMax)
      throws IOException {
    return new Recovery(env, registry, registry.load(), leaseSeconds, clientsMax);
  }

  /** Returns at least the lease time of the previous instance (RFC 8881 section 8.4.2.1). */
  private static Duration length(int leaseSeconds, Map<ClientKey, Integer> known) {
    int seconds = leaseSeconds;
    for (int given : known.values()) {
      seconds = Math.max(seconds, given);
    }
    return Duration.ofSeconds(seconds);
  }

  /** Returns whether the server is in its grace period. */
  public boolean isInGrace() {
    return phase != Phase.OVER;
  }

  /** Returns the number of clients that may reclaim and have not sent RECLAIM_COMPLETE. */
  public synchronized int clientsAwaited() {
    return awaited.size();
  }

  /**
   * Checks that an operation cannot conflict with state that is not reclaimed yet.
   *
   * @throws NfsStatusException NFS4ERR_GRACE
   */
  public void checkNotInGrace() throws NfsStatusException {
    if (isInGrace()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_GRACE);
    }
  }

  /** Returns whether the client may reclaim state that it held before the restart. */
  public boolean awaits(ClientKey client) {
    if (phase != Phase.GRACE) {
      return false;
    }
    synchronized (this) {
      return awaited.contains(client);
    }
  }

  /** An operation that reclaims state. The grace period does not end before it is closed. */
  public final class Reclaim implements AutoCloseable {
    private Reclaim() {}

    @Override
    public void close() {
      synchronized (Recovery.this) {
        reclaiming--;
        endIfDone();
      }
    }
  }

  /**
   * Begins an operation that reclaims state.
   *
   * @throws NfsStatusException NFS4ERR_NO_GRACE outside of the grace period, and for a client
   *     without a record: it is new, or other clients may have held its state in the meantime (the
   *     edge conditions of RFC 8881 section 8.4.3)
   */
  public synchronized Reclaim reclaim(ClientKey client) throws NfsStatusException {
    if (phase != Phase.GRACE || !awaited.contains(client)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NO_GRACE);
    }
    reclaiming++;
    isReclaimed = true;
    return new Reclaim();
  }

  /**
   * Executes RECLAIM_COMPLETE. The client loses the state that it did not reclaim. It may reclaim
   * its further state after the next restart.
   *
   * @return completes when the client's record is durable, so that it may get new state
   */
  public CompletableFuture<Void> complete(ClientKey client, long clientid) {
    CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    synchronized (this) {
      awaited.remove(client);
      Recorded before = recorded.get(client);
      if (before == null && recorded.size() >= recordsMax) {
        LOG.log(
            Level.WARNING,
            "the limit of client records is reached: a client cannot reclaim its state after a"
                + " restart");
      } else {
        recorded.put(client, new Recorded(clientid, leaseSeconds));
        if (before == null
            || before.clientid() != UNKNOWN
            || before.leaseSeconds() != leaseSeconds) {
          durable = writer.add(client, leaseSeconds);
        }
      }
      endIfDone();
    }
    writer.start();
    return durable;
  }

  /**
   * Removes the record of a client, unless it belongs to a later incarnation.
   *
   * @return completes when it certainly cannot reclaim after a restart, so that other clients may
   *     get its state
   */
  public CompletableFuture<Void> forget(ClientKey client, long clientid) {
    CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    synchronized (this) {
      Recorded record = recorded.get(client);
      // The clientids of one instance increase.
      if (record != null && Long.compareUnsigned(record.clientid(), clientid) <= 0) {
        recorded.remove(client);
        durable = writer.add(client, null);
        if (awaited.remove(client)) {
          // The client may reclaim after a restart until the removal is durable, so the grace
          // period
          // lasts at least until then.
          leaving++;
          var _ = durable.thenRun(this::hasLeft);
        }
      }
    }
    writer.start();
    return durable;
  }

  /**
   * Records all clients in a new registry after the old one could not be written and was discarded.
   * Removed clients are left out, because other clients may hold their state.
   */
  private void recordAll() {
    synchronized (this) {
      Map<ClientKey, Integer> all = new HashMap<>();
      recorded.forEach((client, record) -> all.put(client, record.leaseSeconds()));
      writer.restart(all);
    }
    writer.start();
  }

  /**
   * Returns why clients are not recorded, so that none can reclaim after a restart; null if they
   * are.
   */
  public @Nullable String failure() {
    return writer.failure();
  }

  private synchronized void hasLeft() {
    leaving--;
    endIfDone();
  }

  private synchronized void startLastSecond() {
    isReclaimed = false;
    timer = env.timers().schedule(SECOND, this::secondIsOver);
  }

  /**
   * Extends the grace period by a second while clients reclaim state, up to twice its length. RFC
   * 8881 section 8.4.2.1 allows this, and the Linux server does it. Thousands of clients that start
   * late can then finish.
   */
  private void secondIsOver() {
    synchronized (this) {
      if (phase == Phase.GRACE && isReclaimed && secondsAdded < length.toSeconds()) {
        secondsAdded++;
        startLastSecond();
        return;
      }
    }
    endGrace();
  }

  /**
   * Ends the grace period. Clients that did not reclaim cannot do so after the next restart,
   * either.
   */
  private void endGrace() {
    List<CompletableFuture<Void>> gone = new ArrayList<>();
    synchronized (this) {
      if (phase != Phase.GRACE) {
        return;
      }
      phase = Phase.ENDING;
      for (ClientKey client : awaited) {
        recorded.remove(client);
        gone.add(writer.add(client, null));
      }
      awaited.clear();
    }
    LOG.log(Level.DEBUG, () -> gone.size() + " clients did not reclaim within the grace period");
    writer.start();
    var _ =
        CompletableFuture.allOf(gone.toArray(CompletableFuture[]::new))
            .thenRun(() -> {
              synchronized (this) {
                leftoversGone = true;
                endIfDone();
              }
            });
  }

  @GuardedBy("this")
  private void endIfDone() {
    boolean allCompleted = phase == Phase.GRACE && awaited.isEmpty();
    boolean isExpired = phase == Phase.ENDING && leftoversGone;
    if (reclaiming == 0 && leaving == 0 && (allCompleted || isExpired)) {
      phase = Phase.OVER;
      if (timer != null) {
        timer.cancel();
      }
    }
  }

  /** Stops the timer and the writer. The clients stay recorded. */
  @Override
  public void close() {
    synchronized (this) {
      if (timer != null) {
        timer.cancel();
      }
    }
    writer.close();
  }
}
