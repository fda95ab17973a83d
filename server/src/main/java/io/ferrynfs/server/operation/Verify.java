package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Verify4Args;
import io.ferrynfs.wire.nfs4.Verify4Res;

/** The VERIFY operation (RFC 8881 section 18.31). */
final class Verify implements NfsOperation<Verify4Args, Verify4Res> {
  @Override
  public Verify4Res execute(Verify4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    boolean same =
        AttributeTable.INSTANCE.matches(FileSupport.subject(c, c.current()), args.objAttributes());
    if (!same) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOT_SAME);
    }
    return new Verify4Res(Nfsstat4.NFS4_OK);
  }
}
