package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Putfh4Res;

/**
 * The PUTFH operation (RFC 8881 section 18.19). It accepts a filehandle of another server as the
 * source of a copy (RFC 7862 section 15.2.3).
 */
final class Putfh implements NfsOperation<Putfh4Args, Putfh4Res> {
  @Override
  public Putfh4Res execute(Putfh4Args args, CompoundContext c) throws NfsStatusException {
    try {
      c.put(c.exports().decode(args.object()));
    } catch (NfsStatusException refused) {
      if (!isNotOurs(refused.status()) || !c.isForCopyBetweenServers()) {
        throw refused;
      }
      c.setForeign(args.object());
    }
    return new Putfh4Res(Nfsstat4.NFS4_OK);
  }

  /** Returns whether the filehandle may belong to another server. Its format is not known here. */
  private static boolean isNotOurs(Nfsstat4 status) {
    return status == Nfsstat4.NFS4ERR_STALE || status == Nfsstat4.NFS4ERR_BADHANDLE;
  }
}
