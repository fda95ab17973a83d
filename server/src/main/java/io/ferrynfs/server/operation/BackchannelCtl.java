package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.BackchannelCtl4Args;
import io.ferrynfs.wire.nfs4.BackchannelCtl4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The BACKCHANNEL_CTL operation (RFC 8881 section 18.33). */
final class BackchannelCtl implements NfsOperation<BackchannelCtl4Args, BackchannelCtl4Res> {
  @Override
  public BackchannelCtl4Res execute(BackchannelCtl4Args args, CompoundContext c)
      throws NfsStatusException {
    c.session().backChannel().retarget(args.cbProgram(), args.secParms());
    return new BackchannelCtl4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
