package io.ferrynfs.server.operation;

import io.ferrynfs.server.export.FileRef;
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

/** RFC 8881 section 18.26: RENAME. */
final class Rename implements NfsOperation<Rename4Args, Rename4Res> {
  @Override
  public Rename4Res execute(Rename4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef source = c.saved();
    FileRef target = c.current();
    Name oldName = FileSupport.name(args.oldname());
    Name newName = FileSupport.name(args.newname());
    // Section 2.6.3.1.2: both directories count, whatever came between.
    c.checkFlavor(source);
    c.checkFlavor(target);
    FileSupport.checkSameExport(source, target);
    // What is replaced now could not be reclaimed.
    c.checkNotInGrace();
    try (FileChange _ = FileSupport.losesName(c, target, newName);
        FileChange _ = FileSupport.changesName(c, source, oldName)) {
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
   * RFC 8881 section 18.26.3 calls a target that cannot be replaced by the source NFS4ERR_EXIST,
   * where a file system says which of the two was the directory.
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
