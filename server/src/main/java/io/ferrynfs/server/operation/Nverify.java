package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nverify4Args;
import io.ferrynfs.wire.nfs4.Nverify4Res;

/** The NVERIFY operation (RFC 8881 section 18.15). */
final class Nverify implements NfsOperation<Nverify4Args, Nverify4Res> {
  @Override
  public Nverify4Res execute(Nverify4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    boolean same =
        AttributeTable.INSTANCE.matches(FileSupport.subject(c, c.current()), args.objAttributes());
    if (same) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_SAME);
    }
    return new Nverify4Res(Nfsstat4.NFS4_OK);
  }
}
