package ferry.server.recovery;

import ferry.rpc.env.Cancellable;
import ferry.rpc.env.Env;
import ferry.rpc.env.Pool;
import ferry.rpc.env.Timers;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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

  private final ClientRegistry registry;
  private final Pool pool;
  private final Timers timers;

  // Guarded by this.
  private Trust trust = Trust.TRUE;
  private @Nullable Cancellable again;
  private Batch next = new Batch();
  private boolean writing;
  private boolean closed;

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
    final Map<ClientKey, @Nullable Integer> changes = new LinkedHashMap<>();
    final CompletableFuture<Void> written = new CompletableFuture<>();
  }

  RegistryWriter(Env env, ClientRegistry registry) {
    this.registry = registry;
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
      if (writing || next.changes.isEmpty()) {
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
        if (next.changes.isEmpty()) {
          writing = false;
          return;
        }
        batch = next;
        next = new Batch();
      }
      if (!write(batch.changes)) {
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

  private boolean write(Map<ClientKey, @Nullable Integer> changes) {
    try {
      registry.write(changes);
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, () -> "after a restart no client may reclaim: " + e.getMessage());
      return false;
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
