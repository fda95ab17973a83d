package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Rename4Args;
import io.ferrynfs.wire.nfs4.Rename4Res;
import io.ferrynfs.wire.nfs4.Rename4Resok;

/** The RENAME operation (RFC 8881 section 18.26). */
final class Rename implements NfsOperation<Rename4Args, Rename4Res> {
  @Override
  public Rename4Res execute(Rename4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef source = c.saved();
    FileRef target = c.current();
    Name oldName = FileSupport.name(args.oldname());
    Name newName = FileSupport.name(args.newname());
    // RFC 8881 section 2.6.3.1.2: the flavor must be checked for both directories, whatever
    // operations came between.
    c.checkFlavor(source);
    c.checkFlavor(target);
    FileSupport.checkSameExport(source, target);
    // A client could not reclaim a file that is replaced now.
    c.checkNotInGrace();
    try (FileChange _ = FileSupport.removeName(c, target, newName);
        FileChange _ = FileSupport.renameFile(c, source, oldName)) {
      Renamed renamed =
          target.volume().rename(c.caller(), source.handle(), oldName, target.handle(), newName);
      return new Rename4Res.Ok(
          new Rename4Resok(
              FileSupport.changeInfo(renamed.source()), FileSupport.changeInfo(renamed.target())));
    } catch (StorageException e) {
      throw clash(e, c.caller(), source, target);
    }
  }

  /**
   * Returns the error of a target that the source cannot replace. RFC 8881 section 18.26.3 has
   * NFS4ERR_EXIST, where a file system reports which of the two is the directory.
   */
  private static NfsStatusException clash(
      StorageException e, Caller caller, FileRef source, FileRef target) throws StorageException {
    boolean clashes =
        switch (e.status()) {
          case IS_DIRECTORY, NOT_EMPTY -> true;
          case NOT_DIRECTORY -> isDirectory(caller, source) && isDirectory(caller, target);
          default -> false;
        };
    if (!clashes) {
      throw e;
    }
    return new NfsStatusException(Nfsstat4.NFS4ERR_EXIST);
  }

  private static boolean isDirectory(Caller caller, FileRef file) throws StorageException {
    return file.volume().attributes(caller, file.handle()).isDirectory();
  }

  @Override
  public Cost cost(Rename4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
