package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Clone4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * The CLONE operation (RFC 7862 section 15.13). The volume checks alignment, range and overlap. The
 * clone is durable at the reply because the reply has no verifier.
 */
final class Clone implements NfsOperation<Clone4Args, Clone4Res> {
  @Override
  public Clone4Res execute(Clone4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileUses.checkTwoRegularFiles(c);
    FileSupport.checkSameExport(c.saved(), c.current());
    try (FileUse to = FileUses.forWrite(c, args.dstStateid());
        FileUse from = FileUses.ofSource(c, args.srcStateid())) {
      to.file().cloneRange(from.file(), args.srcOffset(), args.dstOffset(), args.count());
      c.services().copies().bytes().addShared(length(args, from.file()));
      FileSupport.sync(c, to.file(), SyncScope.ALL);
    }
    return new Clone4Res(Nfsstat4.NFS4_OK);
  }

  /**
   * Returns the number of bytes to clone. A count of 0 means the rest of the source (RFC 7862
   * section 15.13.3).
   */
  private static long length(Clone4Args args, OpenFile from) throws StorageException {
    return args.count() != 0 ? args.count() : from.size() - args.srcOffset();
  }

  @Override
  public Cost cost(Clone4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
