package ferry.server.operation;

import ferry.server.export.FileRef;
import ferry.server.status.Refused;
import ferry.storage.Caller;
import ferry.storage.OpenAccess;
import ferry.storage.OpenFile;
import ferry.storage.Status;
import ferry.storage.StorageException;
import ferry.storage.SyncScope;
import ferry.wire.nfs4.Commit4Args;
import ferry.wire.nfs4.Commit4Res;
import ferry.wire.nfs4.Commit4Resok;

/**
 * RFC 5661 section 18.3: COMMIT. The whole file is made durable, whatever the range, which is what
 * a file system offers.
 */
final class Commit implements Operation<Commit4Args, Commit4Res> {
  @Override
  public Commit4Res execute(Commit4Args args, CompoundContext c) throws Refused, StorageException {
    try (OpenFile file = open(c.current())) {
      file.sync(SyncScope.ALL);
    } catch (StorageException e) {
      if (e.status() == Status.IO || e.status() == Status.NO_SPACE || e.status() == Status.QUOTA) {
        c.services().writeVerifier().rotate();
      }
      throw e;
    }
    // After the sync: a verifier that rotated meanwhile tells the client to write again.
    return new Commit4Res.Ok(new Commit4Resok(c.services().writeVerifier().current()));
  }

  /**
   * COMMIT has no stateid, and who has written may have no permission to open by now. Making data
   * durable gives nothing away, so the server opens the file in its own name, in whichever way the
   * mode lets a server that is not the superuser.
   */
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
