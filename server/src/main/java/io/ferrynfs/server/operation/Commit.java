package io.ferrynfs.server.operation;

import io.ferrynfs.server.export.FileRef;
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
 * RFC 8881 section 18.3: COMMIT. The whole file is made durable, whatever the range, which is what
 * a file system offers.
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
   * COMMIT has no stateid, and a user that has written may have lost the permission to open the
   * file since. So three users may commit: one that has the file open for writing, its owner, and
   * one that may write to it now. Anybody else would only make the disk work.
   *
   * <p>Any open of the file serves then, whoever holds it. One that was there when the data was
   * written also hears of every page that the kernel failed to write since. When there is none the
   * server opens the file in its own name, in whichever way the mode lets a server that is not the
   * superuser.
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
