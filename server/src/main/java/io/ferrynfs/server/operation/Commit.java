package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;

/**
 * The COMMIT operation (RFC 8881 section 18.3). It makes the whole file durable whatever the range,
 * as fsync(2) does.
 */
final class Commit implements NfsOperation<Commit4Args, Commit4Res> {
  @Override
  public Commit4Res execute(Commit4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    try (FileUse use = use(c, file)) {
      return new Commit4Res.Ok(
          new Commit4Resok(c.services().writeVerifier().commit(file.key(), use.file())));
    }
  }

  /**
   * Returns an open of the file for COMMIT. COMMIT has no stateid, and a user that wrote to the
   * file may have lost its permission to open it since. So three users may send COMMIT: a user that
   * has the file open for writing, the owner of the file, and a user that may write to it now.
   * COMMIT by any other user would only cause disk traffic.
   *
   * <p>Any open of the file will do, even that of another client. An open that existed at the time
   * of the WRITE also reports every page that the kernel failed to write since. If the file is not
   * open, the server opens it with its own credentials, for reading or for writing. If the server
   * is not the superuser, the mode may permit only one of them.
   */
  private static FileUse use(CompoundContext c, FileRef file)
      throws NfsStatusException, StorageException {
    Caller caller = c.caller();
    FileUse held = c.services().state().opens().anyUse(file.key(), caller.uid());
    FileUse use = held == null ? FileUse.ofServer(open(file)) : held;
    return FileUses.allowed(use, file, caller, AccessRight.MODIFY);
  }

  private static OpenFile open(FileRef file) throws StorageException {
    try {
      return file.volume().open(Caller.SUPERUSER, file.handle(), OpenAccess.READ);
    } catch (StorageException e) {
      if (e.status() != Status.ACCESS) {
        throw e;
      }
      return file.volume().open(Caller.SUPERUSER, file.handle(), OpenAccess.WRITE);
    }
  }

  @Override
  public Cost cost(Commit4Args args) {
    return Cost.BULK;
  }
}
