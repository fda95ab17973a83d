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
 * Changes on their way to the registry, in the order in which they were made. Those that come while
 * the disk is busy are written together, so that many clients at once wait for few syncs. Nobody
 * waits for the disk with a lock or a thread.
 */
final class RegistryWriter implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RegistryWriter.class.getName());

  /** One writes, while the other does what waited for the write before. */
  private static final int THREADS = 2;

  private static final int QUEUED_MAX = 64;

  /** How long after an attempt to throw the registry away that failed comes the next. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);

  /** How long after one that could not be written comes an attempt to begin another. */
  private static final Duration ANEW_AFTER = Duration.ofSeconds(15);

  private final ClientRegistry registry;
  private final Pool pool;
  private final Timers timers;
  private final Runnable anew;

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

  /** Why clients are not recorded; null while they are. */
  @GuardedBy("this")
  private @Nullable String failure;

  /** What the next instance of the server may find. */
  private enum Trust {
    /** What is written is true. */
    TRUE,
    /** It is not, and cannot be taken away. */
    FALSE,
    /** Nothing. */
    NOTHING
  }

  /** Changes that become durable together. */
  private static final class Batch {
    /** Whether nothing is written before these. */
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
   * @param anew runs when it is time to try again after a failure: {@link #beginAnew} and {@link
   *     #start} should follow
   */
  RegistryWriter(Env env, ClientRegistry registry, Runnable anew) {
    this.registry = registry;
    this.anew = anew;
    this.pool = env.pool("nfs-registry", THREADS, QUEUED_MAX);
    this.timers = env.timers();
  }

  /**
   * Adds a change; {@link #start} must follow, under no lock.
   *
   * @param leaseSeconds null when the client is to go
   * @return completes when the change is durable, or when it is certain that the next instance of
   *     the server will believe nothing; not while it would believe what is not true, so that
   *     nothing is granted then that stands on the change
   */
  synchronized CompletableFuture<Void> add(ClientKey client, @Nullable Integer leaseSeconds) {
    if (trust == Trust.TRUE) {
      next.changes.put(client, leaseSeconds);
    }
    return trust == Trust.NOTHING ? CompletableFuture.completedFuture(null) : next.written;
  }

  /** Has what was added written. */
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

  /** Said once, and again when something else is wrong. */
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
                + ANEW_AFTER.toSeconds()
                + " s");
  }

  /** Why clients are not recorded; null while they are. */
  synchronized @Nullable String failure() {
    return failure;
  }

  /**
   * What could not be written has been thrown away: another registry begins with these clients, all
   * that may reclaim. {@link #start} must follow, under no lock.
   */
  synchronized void beginAnew(Map<ClientKey, Integer> all) {
    if (trust == Trust.NOTHING && !closed) {
      trust = Trust.TRUE;
      next = new Batch(true);
      next.changes.putAll(all);
    }
  }

  /** What is written is not true any more. Who waits for this batch, waits until that is gone. */
  private void giveUp(Batch batch) {
    synchronized (this) {
      trust = Trust.FALSE;
      writing = false;
      // Which changes they were does not matter any more.
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
        again = closed ? null : timers.schedule(AGAIN_AFTER, this::discardLater);
      }
      return;
    }
    Batch waiting;
    synchronized (this) {
      trust = Trust.NOTHING;
      waiting = next;
      again = closed ? null : timers.schedule(ANEW_AFTER, anew);
    }
    complete(waiting);
  }

  private void discardLater() {
    // When the pool is full the timer comes again; when it is closed, nobody waits any more.
    if (!pool.tryExecute(this::discard)) {
      synchronized (this) {
        again = closed ? null : timers.schedule(AGAIN_AFTER, this::discardLater);
      }
    }
  }

  /** Writes what was added before. */
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
