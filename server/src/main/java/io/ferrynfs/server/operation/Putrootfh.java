package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putrootfh4Res;

/** The PUTROOTFH operation (RFC 8881 section 18.21). */
final class Putrootfh implements NfsOperation<NfsArgop4.Putrootfh, Putrootfh4Res> {
  @Override
  public Putrootfh4Res execute(NfsArgop4.Putrootfh args, CompoundContext c)
      throws NfsStatusException {
    c.put(c.exports().root());
    return new Putrootfh4Res(Nfsstat4.NFS4_OK);
  }
}
