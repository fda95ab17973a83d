package io.ferrynfs.server.config;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The verifier of WRITE, COMMIT and COPY (RFC 8881 section 18.3.3). A new verifier means that
 * uncommitted data may be lost. It is random at start and changes when a sync fails, because the
 * kernel drops the pages that it could not write.
 *
 * <p>All syncs of the server use this class. The kernel reports dropped pages only once for an open
 * file. So if two syncs overlap, one may fail while the other succeeds, although both were to make
 * the same data durable. A sync therefore counts as successful only if every overlapping sync of
 * that file succeeded. It waits for those that began before it ended. These are executing in the
 * kernel already and wait for no other sync before they report their result.
 */
public final class WriteVerifier {
  private static final int BYTES = 8;

  private final RandomSource random;

  @GuardedBy("files")
  private final Map<FileKey, Syncs> files = new HashMap<>();

  private volatile Verifier4 current;

  /** The syncs of one file that are in progress. {@link #files} guards them. */
  private static final class Syncs {
    private final Set<Attempt> running = new HashSet<>();
    private long failures;
  }

  /** One sync. {@link #ended} completes at its end, whatever its result. */
  private static final class Attempt {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
  }

  /** Creates a verifier that no earlier instance had. */
  public WriteVerifier(RandomSource random) {
    this.random = random;
    this.current = fresh(random);
  }

  /**
   * Returns the verifier for a reply. The caller must read it before the write, so that the client
   * detects a change in between.
   */
  public Verifier4 current() {
    return current;
  }

  /**
   * Makes the earlier changes of a file durable, for operations whose reply needs no COMMIT.
   *
   * @throws StorageException see {@link OpenFile#sync}; IO also if an overlapping sync failed
   */
  public void sync(FileKey key, OpenFile file, SyncScope scope) throws StorageException {
    if (!attempt(key, file, scope)) {
      throw new StorageException(Status.IO);
    }
  }

  /**
   * Makes a whole file durable (COMMIT).
   *
   * @return the verifier for the reply. It differs from the former one if an overlapping sync
   *     failed, so that the client writes the data again
   * @throws StorageException see {@link OpenFile#sync}
   */
  public Verifier4 commit(FileKey key, OpenFile file) throws StorageException {
    var _ = attempt(key, file, SyncScope.ALL);
    return current;
  }

  /** Returns whether this sync and all overlapping ones succeeded. */
  private boolean attempt(FileKey key, OpenFile file, SyncScope scope) throws StorageException {
    Attempt attempt = new Attempt();
    Syncs syncs;
    long failuresBefore;
    synchronized (files) {
      syncs = files.computeIfAbsent(key, _ -> new Syncs());
      syncs.running.add(attempt);
      failuresBefore = syncs.failures;
    }
    CompletableFuture<?>[] others;
    boolean lost = true;
    try {
      file.sync(scope);
      lost = false;
    } catch (StorageException e) {
      // These two occur before the kernel is called. Every other failure may have lost data.
      lost = e.status() != Status.TRY_LATER && e.status() != Status.CLOSED;
      throw e;
    } finally {
      others = end(key, syncs, attempt, lost);
    }
    CompletableFuture.allOf(others).join();
    synchronized (files) {
      return syncs.failures == failuresBefore;
    }
  }

  /**
   * Changes the verifier first, so that a thread that sees the end of the sync also sees the new
   * verifier.
   */
  private CompletableFuture<?>[] end(FileKey key, Syncs syncs, Attempt attempt, boolean lost) {
    CompletableFuture<?>[] others;
    if (lost) {
      current = fresh(random);
    }
    synchronized (files) {
      syncs.failures += lost ? 1 : 0;
      syncs.running.remove(attempt);
      others = syncs.running.stream().map(other -> other.ended).toArray(CompletableFuture[]::new);
      if (others.length == 0) {
        files.remove(key, syncs);
      }
    }
    attempt.ended.complete(null);
    return others;
  }

  private static Verifier4 fresh(RandomSource random) {
    return new Verifier4(Opaque.of(random.bytes(BYTES)));
  }
}
