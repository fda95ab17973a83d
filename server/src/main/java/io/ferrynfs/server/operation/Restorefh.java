package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Restorefh4Res;

/** The RESTOREFH operation (RFC 8881 section 18.27). */
final class Restorefh implements NfsOperation<NfsArgop4.Restorefh, Restorefh4Res> {
  @Override
  public Restorefh4Res execute(NfsArgop4.Restorefh args, CompoundContext c)
      throws NfsStatusException {
    c.restore();
    return new Restorefh4Res(Nfsstat4.NFS4_OK);
  }
}
