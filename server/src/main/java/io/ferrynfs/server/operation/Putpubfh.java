package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putpubfh4Res;

/**
 * The PUTPUBFH operation (RFC 8881 section 18.20). The public filehandle is the root filehandle
 * (RFC 8881 section 18.20.4).
 */
final class Putpubfh implements NfsOperation<NfsArgop4.Putpubfh, Putpubfh4Res> {
  @Override
  public Putpubfh4Res execute(NfsArgop4.Putpubfh args, CompoundContext c)
      throws NfsStatusException {
    c.put(c.exports().root());
    return new Putpubfh4Res(Nfsstat4.NFS4_OK);
  }
}
