package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;

/** The stateids of asynchronous copies (RFC 7862 section 4.8). */
public final class OffloadTable {
  private final StateRegistry registry;

  OffloadTable(StateRegistry registry) {
    this.registry = registry;
  }

  /**
   * Gives an asynchronous copy a stateid with seqid 1 (RFC 7862 section 4.8). From then on the
   * client may query it and cancel it.
   *
   * @param target the file that the copy writes
   * @throws NfsStatusException NFS4ERR_NOSPC at the client's limit of stateids; NFS4ERR_EXPIRED if
   *     the client has just been removed. The copy is not abandoned
   */
  public Stateid4 add(long clientid, FileKey target, Offload offload) throws NfsStatusException {
    return registry.at(
        target,
        file -> {
          OffloadState entry = new OffloadState(clientid, file, registry.freshOther(), offload);
          registry.register(entry, Nfsstat4.NFS4ERR_NOSPC);
          file.offloadAdded();
          return entry.stateid();
        });
  }

  /**
   * Returns the copy of an OFFLOAD_STATUS or OFFLOAD_CANCEL. Compares {@code other} only, because
   * the seqid of a copy does not change; but seqid 0 is never valid (RFC 7862 section 4.8).
   *
   * @throws NfsStatusException NFS4ERR_BAD_STATEID, also for another file and another client
   */
  public Offload find(long clientid, FileKey target, Stateid4 stateid) throws NfsStatusException {
    if (stateid.seqid() != 0
        && registry.find(clientid, target, stateid) instanceof OffloadState entry) {
      return entry.offload();
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  /**
   * Removes the stateid of a copy that was cancelled or whose client knows the result.
   *
   * @return false if the stateid was removed before
   */
  public boolean remove(Stateid4 stateid) {
    return registry.entry(stateid) instanceof OffloadState entry && registry.remove(entry);
  }
}
