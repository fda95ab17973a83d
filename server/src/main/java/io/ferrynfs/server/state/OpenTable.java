package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The opens and their share reservations: OPEN, CLOSE, OPEN_DOWNGRADE, and the stateids of READ and
 * WRITE.
 */
public final class OpenTable {
  private final StateRegistry registry;
  private final DelegationTable delegations;
  private final ConflictResolver conflicts;
  private final OpenFiles openFiles;

  OpenTable(
      StateRegistry registry,
      DelegationTable delegations,
      ConflictResolver conflicts,
      OpenFiles openFiles) {
    this.registry = registry;
    this.delegations = delegations;
    this.conflicts = conflicts;
    this.openFiles = openFiles;
  }

  /**
   * Checks the share reservation and creates or upgrades the open state. RFC 8881 section 9.7
   * includes the other opens of the same owner in the check.
   *
   * @throws NfsStatusException NFS4ERR_SHARE_DENIED; NFS4ERR_DELAY while a conflicting courtesy
   *     client expires and while delegations of other clients are recalled; NFS4ERR_NOSPC at the
   *     client's limit; NFS4ERR_EXPIRED if the client has just been removed. The file is closed
   */
  public OpenResult open(OpenRequest request) throws NfsStatusException {
    SharedFile opened = new SharedFile(request.opened(), openFiles);
    try {
      return conflicts.run(
          work -> registry.at(request.file(), file -> open(request, file, opened, work)));
    } finally {
      opened.release();
    }
  }

  private OpenResult open(OpenRequest request, FileState file, SharedFile opened, DeferredWork work)
      throws NfsStatusException {
    if (!file.allows(request.access(), request.deny())) {
      work.conflictsWith(file.conflicting(request.access(), request.deny()));
      throw new NfsStatusException(Nfsstat4.NFS4ERR_SHARE_DENIED);
    }
    if (request.breaksDelegations()) {
      delegations.recallFromOthers(file, request.clientid(), work);
    }
    OwnerKey owner = new OwnerKey(request.clientid(), request.owner());
    OpenState known = file.find(owner);
    OpenState open;
    if (known == null) {
      open = new OpenState(owner, file, registry.freshOther());
      registry.register(open, Nfsstat4.NFS4ERR_NOSPC);
    } else {
      open = known;
      open.advance();
      file.uncount(open);
    }
    open.grant(request.access(), request.deny(), request.uid(), opened, request.opener());
    file.count(open);
    return new OpenResult(
        open.stateid(), known == null, delegations.grant(open, request.offer(), work));
  }

  /**
   * Closes an open and ends the byte-range locks and copy-notify stateids that depend on it. RFC
   * 8881 section 18.2.3 allows a server to release the locks; the Linux server does the same.
   *
   * @return the stateid of the reply: the invalid special one (RFC 8881 section 18.2.4)
   */
  public Stateid4 close(long clientid, FileKey file, Stateid4 stateid) throws NfsStatusException {
    OpenState open = StateRegistry.openState(registry.find(clientid, file, stateid));
    List<StateEntry> removed = new ArrayList<>();
    synchronized (open.file()) {
      registry.checkSeqid(open, stateid);
      registry.detach(open, null, removed);
    }
    registry.release(removed);
    return Stateids.INVALID;
  }

  /**
   * Reduces the modes of an open (OPEN_DOWNGRADE).
   *
   * @throws NfsStatusException NFS4ERR_INVAL if the new modes are not a union of opened modes
   */
  public Stateid4 downgrade(long clientid, FileKey file, Stateid4 stateid, int access, int deny)
      throws NfsStatusException {
    OpenState open = StateRegistry.openState(registry.find(clientid, file, stateid));
    synchronized (open.file()) {
      registry.checkSeqid(open, stateid);
      open.file().uncount(open);
      boolean done = open.downgrade(access, deny);
      open.file().count(open);
      if (!done) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
      open.advance();
      return open.stateid();
    }
  }

  /**
   * Returns the open file of a READ. A special stateid opens the file for this operation only.
   *
   * @throws NfsStatusException NFS4ERR_OPENMODE; NFS4ERR_LOCKED if a deny mode conflicts with a
   *     special stateid other than READ bypass; NFS4ERR_DELAY while the client that holds that deny
   *     mode expires; the errors of the stateid
   */
  public FileUse forRead(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws NfsStatusException, StorageException {
    if (Stateids.isSpecial(stateid)) {
      checkSpecial(stateid);
      if (!stateid.equals(Stateids.READ_BYPASS)) {
        checkNotDenied(file, ShareBits.READ, Nfsstat4.NFS4ERR_LOCKED);
      }
      return openFiles.use(clientid, opener);
    }
    StateEntry held = StateRegistry.accessState(registry.find(clientid, file, stateid));
    synchronized (held.file()) {
      registry.checkSeqid(held, stateid);
      SharedFile reader = held.reader();
      if (reader == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
      }
      return reader.use().openedBy(held.openedBy());
    }
  }

  /**
   * Returns the open file of a WRITE or of a SETATTR of the size. No stateid bypasses a deny mode
   * here. The file counts as changing until the use is closed.
   *
   * @throws NfsStatusException as {@link #forRead}; NFS4ERR_DELAY also if a special stateid
   *     conflicts with delegations of other clients
   */
  public FileUse forWrite(long clientid, FileKey file, Stateid4 stateid, TransientOpen opener)
      throws NfsStatusException, StorageException {
    if (Stateids.isSpecial(stateid)) {
      checkSpecial(stateid);
      checkNotDenied(file, ShareBits.WRITE, Nfsstat4.NFS4ERR_LOCKED);
      FileChange change = delegations.change(clientid, file);
      return FileUse.changing(() -> openFiles.use(clientid, opener), change);
    }
    StateEntry held = StateRegistry.accessState(registry.find(clientid, file, stateid));
    synchronized (held.file()) {
      registry.checkSeqid(held, stateid);
      SharedFile writer = held.writer();
      if (writer == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
      }
      return writer.use(delegations.begin(held.file())::close).openedBy(held.openedBy());
    }
  }

  private static void checkSpecial(Stateid4 stateid) throws NfsStatusException {
    if (!stateid.equals(Stateids.ANONYMOUS) && !stateid.equals(Stateids.READ_BYPASS)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
  }

  /**
   * Returns a file that some client has open, preferably one that this user opened for writing, or
   * null if no client has the file open.
   */
  public @Nullable FileUse anyUse(FileKey key, long uid) {
    FileState file = registry.file(key);
    if (file == null) {
      return null;
    }
    synchronized (file) {
      return file.anyUse(uid);
    }
  }

  /**
   * Checks that no open denies writing to the file.
   *
   * @throws NfsStatusException NFS4ERR_FILE_OPEN; NFS4ERR_DELAY while the client that holds the
   *     deny mode expires
   */
  public void checkNotWriteDenied(FileKey key) throws NfsStatusException {
    checkNotDenied(key, ShareBits.WRITE, Nfsstat4.NFS4ERR_FILE_OPEN);
  }

  private void checkNotDenied(FileKey key, int access, Nfsstat4 whenDenied)
      throws NfsStatusException {
    var _ =
        conflicts.run(work -> {
          FileState file = registry.file(key);
          if (file == null) {
            return false;
          }
          synchronized (file) {
            if (file.denies(access)) {
              work.conflictsWith(file.denying(access));
              throw new NfsStatusException(whenDenied);
            }
          }
          return true;
        });
  }
}
