package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Putfh4Res;

/**
 * RFC 8881 section 18.19: PUTFH. A filehandle of another server is let through where it is the
 * source of a copy from there (RFC 7862 section 15.2.3).
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

  /** To another server it may be one, whatever it looks like to this. */
  private static boolean isNotOurs(Nfsstat4 status) {
    return status == Nfsstat4.NFS4ERR_STALE || status == Nfsstat4.NFS4ERR_BADHANDLE;
  }
}
