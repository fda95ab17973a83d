package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Delegreturn4Args;
import io.ferrynfs.wire.nfs4.Delegreturn4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The DELEGRETURN operation (RFC 8881 section 18.6). */
final class Delegreturn implements NfsOperation<Delegreturn4Args, Delegreturn4Res> {
  @Override
  public Delegreturn4Res execute(Delegreturn4Args args, CompoundContext c)
      throws NfsStatusException {
    c.services()
        .state()
        .delegations()
        .returned(c.client().clientid(), c.current().key(), c.resolve(args.delegStateid()));
    return new Delegreturn4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
