package io.ferrynfs.server.config;

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
 * The verifier of WRITE, COMMIT and COPY (RFC 8881 section 18.3.3): another one means that data
 * which was not committed may be lost. It is random at start, and rotates when a sync fails,
 * because the kernel drops the pages it could not write.
 *
 * <p>All syncs of the server go through here. The kernel tells of pages that it dropped once for an
 * open file: of two syncs that overlap, one may hear of the loss and the other succeed, although it
 * was to make the same data durable. So a sync counts as successful only when every sync of that
 * file which overlapped it was; it waits for those that began before it ended. They are on the disk
 * by then, and wait for nobody before they say how they ended.
 */
public final class WriteVerifier {
  private static final int BYTES = 8;

  private final RandomSource random;

  /** Guarded by itself, for a few instructions at a time. */
  private final Map<FileKey, Syncs> files = new HashMap<>();

  private volatile Verifier4 current;

  /** The syncs of one file that are under way, guarded by the map that it is in. */
  private static final class Syncs {
    private final Set<Attempt> underWay = new HashSet<>();
    private long failures;
  }

  /** One sync; {@link #ended} says when, and not how. */
  private static final class Attempt {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
  }

  /** A verifier that no earlier instance had. */
  public WriteVerifier(RandomSource random) {
    this.random = random;
    this.current = fresh(random);
  }

  /** The verifier to answer. Take it before the write, so that a rotation meanwhile is noticed. */
  public Verifier4 current() {
    return current;
  }

  /**
   * Makes durable what was done to a file before the call. For operations whose reply says that it
   * is, and asks for no COMMIT.
   *
   * @throws StorageException as {@link OpenFile#sync}; IO also when a sync that overlapped failed
   */
  public void sync(FileKey key, OpenFile file, SyncScope scope) throws StorageException {
    if (!attempt(key, file, scope)) {
      throw new StorageException(Status.IO);
    }
  }

  /**
   * COMMIT of a whole file.
   *
   * @return the verifier to answer: another one than before when a sync that overlapped failed, so
   *     that the client writes again
   * @throws StorageException as {@link OpenFile#sync}
   */
  public Verifier4 commit(FileKey key, OpenFile file) throws StorageException {
    var _ = attempt(key, file, SyncScope.ALL);
    return current;
  }

  /** True when neither this sync nor one that overlapped it failed. */
  private boolean attempt(FileKey key, OpenFile file, SyncScope scope) throws StorageException {
    Attempt attempt = new Attempt();
    Syncs syncs;
    long failuresBefore;
    synchronized (files) {
      syncs = files.computeIfAbsent(key, _ -> new Syncs());
      syncs.underWay.add(attempt);
      failuresBefore = syncs.failures;
    }
    CompletableFuture<?>[] others;
    boolean lost = true;
    try {
      file.sync(scope);
      lost = false;
    } catch (StorageException e) {
      // These two are said before the kernel is asked; every other failure may have lost data.
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

  /** Rotates first, so that whoever sees that the sync ended sees the new verifier too. */
  private CompletableFuture<?>[] end(FileKey key, Syncs syncs, Attempt attempt, boolean lost) {
    CompletableFuture<?>[] others;
    if (lost) {
      current = fresh(random);
    }
    synchronized (files) {
      syncs.failures += lost ? 1 : 0;
      syncs.underWay.remove(attempt);
      others = syncs.underWay.stream().map(other -> other.ended).toArray(CompletableFuture[]::new);
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
