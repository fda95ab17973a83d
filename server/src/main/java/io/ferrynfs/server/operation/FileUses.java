package io.ferrynfs.server.operation;

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
 * Open files by the stateids that operations come with (RFC 8881 section 8.2.5): the open behind a
 * stateid, or, behind a special one, an open of its own.
 *
 * <p>In the grace period an open that was reclaimed is as good as ever, for there are no mandatory
 * byte-range locks (section 8.4.2.1). A special stateid must respect deny modes that may still be
 * reclaimed, and waits; only the one that bypasses them does not.
 */
final class FileUses {
  private FileUses() {}

  /**
   * The current filehandle's file, by a stateid that must be valid for READ: the client's own, a
   * special one, or one that COPY_NOTIFY gave to any client. With the latter the stateid is the
   * proof, not the user, whom this server may squash (RFC 7862 section 4.9.1.2); so the file is the
   * client's open one.
   *
   * @throws NfsStatusException also NFS4ERR_PARTNER_NO_AUTH, where the peer may not read for others
   */
  static FileUse forRead(CompoundContext c, Stateid4 stateid)
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
   * A file that another server was to read for a client, and that turns out to be our own: what
   * COPY_NOTIFY gave is for any server that shows it.
   */
  static FileUse ofNotified(CompoundContext c, FileRef file, Stateid4 stateid)
      throws NfsStatusException {
    return c.services().state().notifies().use(file.key(), stateid);
  }

  /**
   * The current filehandle's file, by a stateid that is valid for READ or for WRITE: IO_ADVISE is
   * about either, and has no NFS4ERR_OPENMODE (RFC 7862 section 11.2).
   */
  static FileUse forAdvice(CompoundContext c, Stateid4 stateid)
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

  /** The current filehandle's file, by a stateid that must be valid for WRITE. */
  static FileUse forWrite(CompoundContext c, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    Caller caller = c.caller();
    if (file.export().isReadOnly()) {
      // What the client opened for writing by another way into the export is not for this one.
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
   * A stateid stands for an open, and does not say by which of the client's users it is shown. One
   * who did not open the file himself has to have the right to it now; its owner has, whatever the
   * mode says (RFC 8881 section 6.3.1.1). What gives back (CLOSE, OPEN_DOWNGRADE, LOCKU) needs no
   * right, and LOCKT shows no data, so these are not checked, as in Linux' server.
   *
   * @throws StorageException ACCESS, and then the file is given back
   */
  static FileUse allowed(FileUse use, FileRef file, Caller caller, AccessRight right)
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
   * The same for a lock, which keeps others out: a shared one needs the right to read, an exclusive
   * one the right to write. Linux' server asks for the right to read with either.
   *
   * @throws NfsStatusException what the stateid is refused with
   * @throws StorageException ACCESS
   */
  static void checkMayLock(CompoundContext c, LockRequest request)
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
   * A change of a file's attributes or names, by which delegations of others are recalled first
   * (RFC 8881 section 10.4).
   *
   * @throws NfsStatusException NFS4ERR_DELAY while others have any
   */
  static FileChange change(CompoundContext c, FileRef file) throws NfsStatusException {
    return c.services().state().delegations().change(c.client().clientid(), file.key());
  }

  /** The saved filehandle's file, which is the source of COPY and CLONE. */
  static FileUse ofSource(CompoundContext c, Stateid4 stateid)
      throws NfsStatusException, StorageException {
    return forRead(c, c.saved(), c.resolveSaved(stateid));
  }

  /** A file by one of the client's own stateids, or a special one: not by COPY_NOTIFY's. */
  static FileUse forRead(CompoundContext c, FileRef file, Stateid4 stateid)
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

  /** Opens a file for who comes with a special stateid. */
  static TransientOpen opener(FileRef file, Caller caller, OpenAccess access) {
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
   * ALLOCATE and DEALLOCATE are for a regular file; what else it is makes no difference (RFC 7862
   * sections 15.1.3, 15.4.3).
   *
   * @throws NfsStatusException NFS4ERR_WRONG_TYPE
   */
  static void checkRegularFile(CompoundContext c) throws NfsStatusException, StorageException {
    if (!attributes(c, c.current()).isRegular()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
  }

  /**
   * COPY and CLONE are for two regular files (RFC 7862 sections 15.2.3, 15.13.3).
   *
   * @return whether saved and current filehandle are the same one, by identity and not by bytes
   * @throws NfsStatusException NFS4ERR_WRONG_TYPE
   */
  static boolean checkTwoRegularFiles(CompoundContext c)
      throws NfsStatusException, StorageException {
    return checkTwoRegularFiles(c, c.saved(), c.current());
  }

  /** The same for any two files. */
  static boolean checkTwoRegularFiles(CompoundContext c, FileRef source, FileRef target)
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
