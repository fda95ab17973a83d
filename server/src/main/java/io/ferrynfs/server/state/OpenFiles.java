package io.ferrynfs.server.state;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;

/**
 * How many files each client has open, by opens, delegations and what it reads and writes without
 * either. Descriptors are few, and without one nobody opens anything, so a client may have a part
 * of what is left only; and where there is not enough, clients whose lease has run out give way.
 *
 * <p>A file that several opens of a client share counts once for it, and once for each client that
 * shares it. A leaf in the order of locks.
 */
public final class OpenFiles {
  private static final FairShare SHARE = new FairShare(2, 16);

  private final ConflictResolver conflicts;
  private final ConcurrentMap<Long, Integer> counts = new ConcurrentHashMap<>();

  OpenFiles(ConflictResolver conflicts) {
    this.conflicts = conflicts;
  }

  /** How many this client has. */
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
   * Before a file is opened for a client, under no lock.
   *
   * @param left how many files may be opened by anybody
   * @param atShare what a client hears that has as many as it may have
   * @throws NfsStatusException that; NFS4ERR_DELAY when none is left, or some are about to be
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
   * Whether a client may as well keep a file open that it does not use: half of its share is for
   * those that it uses.
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
