package io.ferrynfs.server.operation.support;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.LockRequest;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.state.TransientOpen;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.Set;

/**
 * The open files that the stateids of operations denote (RFC 8881 section 8.2.5): the open of the
 * stateid or, for a special stateid, a transient open.
 *
 * <p>A reclaimed open may be used in the grace period because there are no mandatory byte-range
 * locks (RFC 8881 section 8.4.2.1). A special stateid must respect deny modes that may still be
 * reclaimed, so it fails with NFS4ERR_GRACE. Only the READ bypass stateid does not.
 */
public final class FileUses {
  private FileUses() {}

  /**
   * Opens the file of the current filehandle by a stateid that must be valid for READ: one of the
   * client's own, a special one, or one that COPY_NOTIFY returned to any client. The stateid of
   * COPY_NOTIFY authorizes the request, not the user, because this server may squash the user (RFC
   * 7862 section 4.9.1.2). So it uses the open of the client that sent COPY_NOTIFY.
   *
   * @throws NfsStatusException an error of the stateid; NFS4ERR_PARTNER_NO_AUTH if the peer may not
   *     read for other clients
   */
  public static FileUse forRead(CompoundContext c, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    Stateid4 meant = c.resolve(stateid);
    if (!c.services().state().notifies().exists(meant)) {
      return forRead(c, file, meant);
    }
    if (!file.export().copySource().allows(c.request().connection().peerAddress())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
    }
    return c.services().state().notifies().use(file.key(), meant);
  }

  /**
   * Opens a file by a COPY_NOTIFY stateid for a copy between servers whose source is this server.
   * Such a stateid is valid for any server that presents it.
   */
  public static FileUse ofNotified(CompoundContext c, FileRef file, Stateid4 stateid)
      throws NfsStatusException {
    return c.services().state().notifies().use(file.key(), stateid);
  }

  /**
   * Opens the file of the current filehandle by a stateid that is valid for READ or for WRITE.
   * IO_ADVISE concerns both and may not return NFS4ERR_OPENMODE (RFC 7862 section 11.2).
   */
  public static FileUse forAdvice(CompoundContext c, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    try {
      return forRead(c, c.current(), c.resolve(stateid));
    } catch (NfsStatusException e) {
      if (e.status() == Nfsstat4.NFS4ERR_OPENMODE) {
        return forWrite(c, stateid);
      }
      throw e;
    }
  }

  /** Opens the file of the current filehandle by a stateid that must be valid for WRITE. */
  public static FileUse forWrite(CompoundContext c, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    Caller caller = c.caller();
    if (file.export().isReadOnly()) {
      // The stateid may come from an open through a writable path to the same export.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_ROFS);
    }
    Stateid4 meant = c.resolve(stateid);
    if (meant.equals(Stateids.ANONYMOUS) || meant.equals(Stateids.READ_BYPASS)) {
      c.checkNotInGrace();
    }
    FileUse use =
        c.services()
            .state()
            .opens()
            .forWrite(
                c.client().clientid(), file.key(), meant, opener(file, caller, OpenAccess.WRITE));
    return allowed(use, file, caller, AccessRight.MODIFY);
  }

  /**
   * Checks that a user has access to an open. A stateid denotes an open and does not identify the
   * user that presents it. A user that did not open the file needs the access now. The owner has it
   * whatever the mode (RFC 8881 section 6.3.1.1). CLOSE, OPEN_DOWNGRADE and LOCKU need no access
   * because they release state, and LOCKT returns no data, so they are not checked. The Linux
   * server does the same.
   *
   * @throws StorageException ACCESS; this method closes the use then
   */
  public static FileUse allowed(FileUse use, FileRef file, Caller caller, AccessRight right)
      throws StorageException {
    boolean isAllowed = false;
    try {
      isAllowed =
          use.isOpenedBy(caller.uid())
              || file.volume().access(caller, file.handle(), Set.of(right)).contains(right)
              || use.file().attributes().uid() == caller.uid();
      if (isAllowed) {
        return use;
      }
      throw new StorageException(Status.ACCESS, "opened by another user");
    } finally {
      if (!isAllowed) {
        use.close();
      }
    }
  }

  /**
   * Checks that a user may lock a file. A shared lock requires read access and an exclusive lock
   * requires write access because a lock excludes other users. The Linux server requires read
   * access for both.
   *
   * @throws NfsStatusException the error of the stateid
   * @throws StorageException ACCESS
   */
  public static void checkMayLock(CompoundContext c, LockRequest request)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    Caller caller = c.caller();
    AccessRight right = request.exclusive() ? AccessRight.MODIFY : AccessRight.READ;
    boolean isAllowed =
        c.services().state().locks().openedBy(request) == caller.uid()
            || file.volume().access(caller, file.handle(), Set.of(right)).contains(right)
            || file.volume().attributes(caller, file.handle()).uid() == caller.uid();
    if (!isAllowed) {
      throw new StorageException(Status.ACCESS, "opened by another user");
    }
  }

  /**
   * Begins a change of the attributes or names of a file. Delegations of other clients are recalled
   * first (RFC 8881 section 10.4).
   *
   * @throws NfsStatusException NFS4ERR_DELAY while other clients hold delegations
   */
  public static FileChange change(CompoundContext c, FileRef file) throws NfsStatusException {
    return c.services().state().delegations().change(c.client().clientid(), file.key());
  }

  /** Opens the file of the saved filehandle, which is the source of COPY and CLONE. */
  public static FileUse ofSource(CompoundContext c, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    return forRead(c, c.saved(), c.resolveSaved(stateid));
  }

  /**
   * Opens a file by one of the client's own stateids or by a special stateid, but not by a stateid
   * of COPY_NOTIFY.
   */
  public static FileUse forRead(CompoundContext c, FileRef file, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    Caller caller = FileSupport.callerFor(c, file);
    if (stateid.equals(Stateids.ANONYMOUS)) {
      c.checkNotInGrace();
    }
    FileUse use =
        c.services()
            .state()
            .opens()
            .forRead(
                c.client().clientid(), file.key(), stateid, opener(file, caller, OpenAccess.READ));
    return allowed(use, file, caller, AccessRight.READ);
  }

  /** Returns an opener of the file for a special stateid. */
  public static TransientOpen opener(FileRef file, Caller caller, OpenAccess access) {
    return new TransientOpen() {
      @Override
      public OpenFile open() throws StorageException {
        return file.volume().open(caller, file.handle(), access);
      }

      @Override
      public int left() {
        return file.volume().openFilesLeft();
      }
    };
  }

  /**
   * Checks that the file is regular, as ALLOCATE and DEALLOCATE require. One error covers all other
   * types (RFC 7862 sections 15.1.3 and 15.4.3).
   *
   * @throws NfsStatusException NFS4ERR_WRONG_TYPE
   */
  public static void checkRegularFile(CompoundContext c)
      throws NfsStatusException, StorageException {
    if (!attributes(c, c.current()).isRegular()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
  }

  /**
   * Checks that both files are regular, as COPY and CLONE require (RFC 7862 sections 15.2.3 and
   * 15.13.3).
   *
   * @return whether the saved and the current filehandle denote the same file; their bytes may
   *     differ
   * @throws NfsStatusException NFS4ERR_WRONG_TYPE
   */
  public static boolean checkTwoRegularFiles(CompoundContext c)
      throws NfsStatusException, StorageException {
    return checkTwoRegularFiles(c, c.saved(), c.current());
  }

  /** Checks that two given files are regular, and returns whether they are the same file. */
  public static boolean checkTwoRegularFiles(CompoundContext c, FileRef source, FileRef target)
      throws NfsStatusException, StorageException {
    Attributes from = attributes(c, source);
    Attributes to = attributes(c, target);
    if (!from.isRegular() || !to.isRegular()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
    return source.export().id() == target.export().id()
        && from.fsId() == to.fsId()
        && from.fileId() == to.fileId();
  }

  private static Attributes attributes(CompoundContext c, FileRef file) throws StorageException {
    return file.volume().attributes(FileSupport.callerFor(c, file), file.handle());
  }
}
