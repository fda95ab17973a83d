package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Lookup4Args;
import io.ferrynfs.wire.nfs4.Lookup4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The LOOKUP operation (RFC 8881 section 18.13). */
final class Lookup implements NfsOperation<Lookup4Args, Lookup4Res> {
  @Override
  public Lookup4Res execute(Lookup4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef found = c.exports().lookup(c.current(), FileSupport.name(args.objname()), c.caller());
    c.checkFlavor(found);
    c.setCurrent(found);
    return new Lookup4Res(Nfsstat4.NFS4_OK);
  }
}
