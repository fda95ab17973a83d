package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Lookupp4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The LOOKUPP operation (RFC 8881 section 18.14). */
final class Lookupp implements NfsOperation<NfsArgop4.Lookupp, Lookupp4Res> {
  @Override
  public Lookupp4Res execute(NfsArgop4.Lookupp args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef above = c.exports().parent(c.current(), c.caller());
    c.checkFlavor(above);
    c.setCurrent(above);
    return new Lookupp4Res(Nfsstat4.NFS4_OK);
  }
}
