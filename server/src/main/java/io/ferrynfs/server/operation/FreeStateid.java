package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The FREE_STATEID operation (RFC 8881 section 18.38). */
final class FreeStateid implements NfsOperation<FreeStateid4Args, FreeStateid4Res> {
  @Override
  public FreeStateid4Res execute(FreeStateid4Args args, CompoundContext c)
      throws NfsStatusException {
    c.services().state().free(c.client().clientid(), c.resolve(args.stateid()));
    return new FreeStateid4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
