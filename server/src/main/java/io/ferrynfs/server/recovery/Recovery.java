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
 * The grace period after a start, and the record of who may reclaim after the next one (RFC 8881
 * sections 8.4.2.1 and 8.4.3).
 *
 * <p>A client is recorded by its RECLAIM_COMPLETE, before which it gets no state that it did not
 * have, and before that is answered. Its record goes before its state does when its lease runs out
 * (the first edge condition), and at the end of the grace period when it has not sent
 * RECLAIM_COMPLETE by then, before anything new is granted (the second). So whoever is recorded
 * when the server dies holds all that it believes to hold.
 *
 * <p>Its lock is held for a few instructions, never while the registry is written.
 */
public final class Recovery implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Recovery.class.getName());

  /** Clients of this instance as many as there may be, and those of the one before. */
  private static final int RECORDS_PER_CLIENT = 2;

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Stands for the clientid of a client that this instance has not met. */
  private static final long NOT_MET = 0;

  /** Everything in order; an end is reached once. */
  private enum Phase {
    GRACE,
    /** Nothing is reclaimed any more, but nothing new granted until the registry knows. */
    ENDING,
    OVER
  }

  /** What the registry has of a client, or is about to have. */
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

  /** Whether something was reclaimed in the second that is over, and how many were added so far. */
  @GuardedBy("this")
  private boolean isReclaimed;

  @GuardedBy("this")
  private int secondsAdded;

  /** Clients that were awaited, and whose records are about to go. */
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
    known.forEach((client, seconds) -> recorded.put(client, new Recorded(NOT_MET, seconds)));
    writer = new RegistryWriter(env, registry, this::recordAnew);
    phase = known.isEmpty() ? Phase.OVER : Phase.GRACE;
    if (phase == Phase.GRACE) {
      timer = env.timers().schedule(length.minus(SECOND), this::lastSecond);
    }
  }

  /**
   * A server starts. When the registry has clients, the grace period begins now, in the time of
   * this environment: which is to pass only while the server listens, see {@link ServedTime}.
   *
   * @param leaseSeconds the lease that this instance gives
   * @param clientsMax how many clients it may have at a time
   * @throws IOException when the registry cannot be read
   */
  public static Recovery start(Env env, ClientRegistry registry, int leaseSeconds, int clientsMax)
      throws IOException {
    return new Recovery(env, registry, registry.load(), leaseSeconds, clientsMax);
  }

  /** At least the lease that the clients were given by the instance before (section 8.4.2.1). */
  private static Duration length(int leaseSeconds, Map<ClientKey, Integer> known) {
    int seconds = leaseSeconds;
    for (int given : known.values()) {
      seconds = Math.max(seconds, given);
    }
    return Duration.ofSeconds(seconds);
  }

  /** Whether the grace period lasts. */
  public boolean isInGrace() {
    return phase != Phase.OVER;
  }

  /** How many clients may reclaim and have not said yet that they are done. */
  public synchronized int clientsAwaited() {
    return awaited.size();
  }

  /**
   * For what may conflict with state that is not reclaimed yet.
   *
   * @throws NfsStatusException NFS4ERR_GRACE
   */
  public void checkNotInGrace() throws NfsStatusException {
    if (isInGrace()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_GRACE);
    }
  }

  /** Whether the client had state before the restart, and may reclaim it now. */
  public boolean awaits(ClientKey client) {
    if (phase != Phase.GRACE) {
      return false;
    }
    synchronized (this) {
      return awaited.contains(client);
    }
  }

  /** One operation that reclaims: until it is closed the grace period does not end. */
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
   * A client wants to reclaim something.
   *
   * @throws NfsStatusException NFS4ERR_NO_GRACE outside of the grace period, and from a client that
   *     has no record: one that was not here before, or whose state others may have had since (the
   *     edge conditions of section 8.4.3)
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
   * RECLAIM_COMPLETE: what the client did not reclaim is lost, what it gets from now on it may
   * reclaim after the next restart.
   *
   * @return completes when the client's record is durable; the client may get state then
   */
  public CompletableFuture<Void> complete(ClientKey client, long clientid) {
    CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    synchronized (this) {
      awaited.remove(client);
      Recorded before = recorded.get(client);
      if (before == null && recorded.size() >= recordsMax) {
        LOG.log(Level.WARNING, "too many clients to record one more: it cannot reclaim");
      } else {
        recorded.put(client, new Recorded(clientid, leaseSeconds));
        if (before == null
            || before.clientid() != NOT_MET
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
   * A client is no more. A record that a later incarnation of the same client has made stays.
   *
   * @return completes when it certainly cannot reclaim after a restart: others may get its state
   */
  public CompletableFuture<Void> forget(ClientKey client, long clientid) {
    CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    synchronized (this) {
      Recorded record = recorded.get(client);
      // The clientids of one instance count up.
      if (record != null && Long.compareUnsigned(record.clientid(), clientid) <= 0) {
        recorded.remove(client);
        durable = writer.add(client, null);
        if (awaited.remove(client)) {
          // What it may still reclaim after a restart now, nobody else gets before.
          leaving++;
          var _ = durable.thenRun(this::hasLeft);
        }
      }
    }
    writer.start();
    return durable;
  }

  /**
   * The registry could not be written, and has been thrown away: all who are to be recorded go into
   * another. Clients that left are not among them, because others may have been given their state
   * in between.
   */
  private void recordAnew() {
    synchronized (this) {
      Map<ClientKey, Integer> all = new HashMap<>();
      recorded.forEach((client, record) -> all.put(client, record.leaseSeconds()));
      writer.beginAnew(all);
    }
    writer.start();
  }

  /**
   * Why clients are not recorded, so that none may reclaim after a restart; null while they are.
   */
  public @Nullable String failure() {
    return writer.failure();
  }

  private synchronized void hasLeft() {
    leaving--;
    endIfDone();
  }

  private synchronized void lastSecond() {
    isReclaimed = false;
    timer = env.timers().schedule(SECOND, this::secondIsOver);
  }

  /**
   * The grace period goes on, second by second, while clients still reclaim, and at most for as
   * long again (section 8.4.2.1 leaves it to the server; so does Linux): thousands of them that
   * come at its end are not told in the middle that they are too late.
   */
  private void secondIsOver() {
    synchronized (this) {
      if (phase == Phase.GRACE && isReclaimed && secondsAdded < length.toSeconds()) {
        secondsAdded++;
        lastSecond();
        return;
      }
    }
    endGrace();
  }

  /** The time is over. Those that did not come must not reclaim after the next restart either. */
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

  /** Called under the lock. */
  @GuardedBy("this")
  private void endIfDone() {
    boolean allCame = phase == Phase.GRACE && awaited.isEmpty();
    boolean timeIsOver = phase == Phase.ENDING && leftoversGone;
    if (reclaiming == 0 && leaving == 0 && (allCame || timeIsOver)) {
      phase = Phase.OVER;
      if (timer != null) {
        timer.cancel();
      }
    }
  }

  /** The server stops; its clients stay recorded. */
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
