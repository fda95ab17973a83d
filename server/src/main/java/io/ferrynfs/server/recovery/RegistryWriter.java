package io.ferrynfs.server.recovery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.ClientRegistry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes to the registry in their order. It writes the changes that arrive during a write
 * as one batch, so that many clients need few syncs. No caller waits for the disk with a lock or on
 * its thread.
 */
final class RegistryWriter implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RegistryWriter.class.getName());

  /** One thread writes while the other runs the dependents of the previous write. */
  private static final int THREADS = 2;

  private static final int QUEUED_MAX = 64;

  /** The delay after a failed attempt to discard the registry. */
  private static final Duration DISCARD_RETRY = Duration.ofSeconds(5);

  /** The delay before an attempt to start a new registry. */
  private static final Duration RESTART_DELAY = Duration.ofSeconds(15);

  private final ClientRegistry registry;
  private final Pool pool;
  private final Timers timers;
  private final Runnable restart;

  @GuardedBy("this")
  private Trust trust = Trust.TRUE;

  @GuardedBy("this")
  private @Nullable Cancellable again;

  @GuardedBy("this")
  private Batch next = new Batch(false);

  @GuardedBy("this")
  private boolean writing;

  @GuardedBy("this")
  private boolean closed;

  /** Returns why clients are not recorded; null if they are. */
  @GuardedBy("this")
  private @Nullable String failure;

  /** The reliability of the registry for the next server instance. */
  private enum Trust {
    /** The registry is correct. */
    TRUE,
    /** The registry is incorrect and could not be discarded. */
    FALSE,
    /** There is no registry. */
    NOTHING
  }

  /** The changes of one write. */
  private static final class Batch {
    /** Whether these are the first changes of a new registry. */
    final boolean begins;

    final Map<ClientKey, @Nullable Integer> changes = new LinkedHashMap<>();
    final CompletableFuture<Void> written = new CompletableFuture<>();

    Batch(boolean begins) {
      this.begins = begins;
    }

    boolean isEmpty() {
      return changes.isEmpty() && !begins;
    }
  }

  /**
   * @param restart runs after the delay that follows a failure; it calls {@link #restart(Map)} and
   *     {@link #start}
   */
  RegistryWriter(Env env, ClientRegistry registry, Runnable restart) {
    this.registry = registry;
    this.restart = restart;
    this.pool = env.pool("nfs-registry", THREADS, QUEUED_MAX);
    this.timers = env.timers();
  }

  /**
   * Adds a change. The caller calls {@link #start} afterwards under no lock.
   *
   * @param leaseSeconds the lease time; null to remove the client
   * @return completes when the change is durable or there is no registry. It does not complete
   *     while an incorrect registry exists, because the next instance would rely on it
   */
  synchronized CompletableFuture<Void> add(ClientKey client, @Nullable Integer leaseSeconds) {
    if (trust == Trust.TRUE) {
      next.changes.put(client, leaseSeconds);
    }
    return trust == Trust.NOTHING ? CompletableFuture.completedFuture(null) : next.written;
  }

  /** Starts to write the added changes. */
  void start() {
    synchronized (this) {
      if (writing || next.isEmpty()) {
        return;
      }
      writing = true;
    }
    if (!pool.tryExecute(this::write)) {
      write();
    }
  }

  private void write() {
    while (true) {
      Batch batch;
      synchronized (this) {
        if (next.isEmpty()) {
          writing = false;
          return;
        }
        batch = next;
        next = new Batch(false);
      }
      if (!write(batch)) {
        giveUp(batch);
        return;
      }
      complete(batch);
    }
  }

  private void complete(Batch batch) {
    Runnable done = () -> batch.written.complete(null);
    if (!pool.tryExecute(done)) {
      done.run();
    }
  }

  private boolean write(Batch batch) {
    try {
      if (batch.begins) {
        registry.begin();
      }
      registry.write(batch.changes);
    } catch (IOException | RuntimeException e) {
      failed(String.valueOf(e.getMessage()));
      return false;
    }
    if (batch.begins) {
      synchronized (this) {
        failure = null;
      }
      LOG.log(
          Level.INFO,
          () ->
              "clients are recorded again, all "
                  + batch.changes.values().stream().filter(Objects::nonNull).count()
                  + " that are here: they may reclaim after a restart");
    }
    return true;
  }

  /** Logs a failure unless it is the same as the last one. */
  private void failed(String why) {
    synchronized (this) {
      if (why.equals(failure)) {
        return;
      }
      failure = why;
    }
    LOG.log(
        Level.ERROR,
        () ->
            "clients are not recorded, so that none may reclaim after a restart: "
                + why
                + ". It is tried again every "
                + RESTART_DELAY.toSeconds()
                + " s");
  }

  /** Returns why clients are not recorded; null if they are. */
  synchronized @Nullable String failure() {
    return failure;
  }

  /**
   * Starts a new registry with the clients that may reclaim, after the old one was discarded. The
   * caller calls {@link #start} afterwards under no lock.
   */
  synchronized void restart(Map<ClientKey, Integer> all) {
    if (trust == Trust.NOTHING && !closed) {
      trust = Trust.TRUE;
      next = new Batch(true);
      next.changes.putAll(all);
    }
  }

  /** Discards the registry, which is incorrect now. The batch completes when it is discarded. */
  private void giveUp(Batch batch) {
    synchronized (this) {
      trust = Trust.FALSE;
      writing = false;
      // A discarded registry needs no further changes.
      next.changes.clear();
      var _ = next.written.thenRun(() -> batch.written.complete(null));
    }
    discard();
  }

  private void discard() {
    try {
      registry.discard();
    } catch (IOException | RuntimeException e) {
      LOG.log(
          Level.ERROR,
          () ->
              "clients wait until the registry of clients is removed, so that none reclaims what it"
                  + " has lost: "
                  + e.getMessage());
      synchronized (this) {
        again = closed ? null : timers.schedule(DISCARD_RETRY, this::discardLater);
      }
      return;
    }
    Batch waiting;
    synchronized (this) {
      trust = Trust.NOTHING;
      waiting = next;
      again = closed ? null : timers.schedule(RESTART_DELAY, restart);
    }
    complete(waiting);
  }

  private void discardLater() {
    // If the pool is full, the timer retries. If it is closed, no caller waits.
    if (!pool.tryExecute(this::discard)) {
      synchronized (this) {
        again = closed ? null : timers.schedule(DISCARD_RETRY, this::discardLater);
      }
    }
  }

  /** Writes the added changes and stops. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (again != null) {
        again.cancel();
      }
    }
    pool.close();
  }
}
