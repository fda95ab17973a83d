package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;

/**
 * The number of files that each client has open: by opens, by delegations, and by READ and WRITE
 * with special stateids. Descriptors are scarce, so a client may use only a share of those that are
 * left. If there are not enough, courtesy clients expire.
 *
 * <p>A file that several opens of a client share counts once for this client.
 */
public final class OpenFiles {
  private static final FairShare SHARE = new FairShare(2, 16);

  private final ConflictResolver conflicts;
  private final ConcurrentMap<Long, Integer> counts = new ConcurrentHashMap<>();

  OpenFiles(ConflictResolver conflicts) {
    this.conflicts = conflicts;
  }

  /** Returns the number of files that the client has open. */
  public int of(long clientid) {
    return counts.getOrDefault(clientid, 0);
  }

  void add(long clientid) {
    counts.merge(clientid, 1, Integer::sum);
  }

  void remove(long clientid) {
    counts.computeIfPresent(clientid, (_, count) -> count == 1 ? null : count - 1);
  }

  /**
   * Checks whether a client may open another file. Called under no lock.
   *
   * @param left returns the number of files that all clients together may still open
   * @param atShare the status for a client that has used its share
   * @throws NfsStatusException {@code atShare}; NFS4ERR_DELAY if none is left or a courtesy client
   *     expires
   */
  public void admit(long clientid, IntSupplier left, Nfsstat4 atShare) throws NfsStatusException {
    while (true) {
      int files = left.getAsInt();
      if (of(clientid) < SHARE.of(files)) {
        return;
      }
      if (!conflicts.expireForFiles(clientid, this::of)) {
        throw new NfsStatusException(files > 0 ? atShare : Nfsstat4.NFS4ERR_DELAY);
      }
    }
  }

  /**
   * Returns whether a client may keep an unused file open. Half of its share is reserved for files
   * in use.
   */
  public boolean hasRoomForUnused(long clientid, int left) {
    return of(clientid) < SHARE.of(left) / 2;
  }

  /** Opens a file for one operation. */
  FileUse use(long clientid, TransientOpen opener) throws NfsStatusException, StorageException {
    admit(clientid, opener::left, Nfsstat4.NFS4ERR_DELAY);
    OpenFile file = opener.open();
    add(clientid);
    return new FileUse(
        file,
        () -> {
          remove(clientid);
          file.close();
        });
  }
}
