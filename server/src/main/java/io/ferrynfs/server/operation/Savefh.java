package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Savefh4Res;

/** The SAVEFH operation (RFC 8881 section 18.28). */
final class Savefh implements NfsOperation<NfsArgop4.Savefh, Savefh4Res> {
  @Override
  public Savefh4Res execute(NfsArgop4.Savefh args, CompoundContext c) throws NfsStatusException {
    c.save();
    return new Savefh4Res(Nfsstat4.NFS4_OK);
  }
}
