package ferry.server.recovery;

import ferry.rpc.env.Env;
import ferry.rpc.env.Pool;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  private final ClientRegistry registry;
  private final Pool pool;

  /** Used by the one that writes. */
  private boolean discarded;

  // Guarded by this.
  private Batch next = new Batch();
  private boolean writing;

  /** Changes that become durable together. */
  private static final class Batch {
    final Map<ClientKey, @Nullable Integer> changes = new LinkedHashMap<>();
    final CompletableFuture<Void> written = new CompletableFuture<>();
  }

  RegistryWriter(Env env, ClientRegistry registry) {
    this.registry = registry;
    this.pool = env.pool("nfs-registry", THREADS, QUEUED_MAX);
  }

  /**
   * Adds a change; {@link #start} must follow, under no lock.
   *
   * @param leaseSeconds null when the client is to go
   * @return completes when the change is durable, or when it is certain that the next instance of
   *     the server will believe nothing
   */
  synchronized CompletableFuture<Void> add(ClientKey client, @Nullable Integer leaseSeconds) {
    next.changes.put(client, leaseSeconds);
    return next.written;
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
      write(batch.changes);
      Runnable done = () -> batch.written.complete(null);
      if (!pool.tryExecute(done)) {
        done.run();
      }
    }
  }

  private void write(Map<ClientKey, @Nullable Integer> changes) {
    if (discarded) {
      return;
    }
    try {
      registry.write(changes);
    } catch (IOException | RuntimeException e) {
      discarded = true;
      LOG.log(Level.ERROR, () -> "after a restart no client may reclaim: " + e.getMessage());
      discard();
    }
  }

  private void discard() {
    try {
      registry.discard();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, () -> "remove the registry of clients: " + e.getMessage());
    }
  }

  /** Writes what was added before. */
  @Override
  public void close() {
    pool.close();
  }
}
