package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.SetSsv4Args;
import io.ferrynfs.wire.nfs4.SetSsv4Res;

/**
 * The SET_SSV operation (RFC 8881 section 18.47). This server grants no client SP4_SSV protection,
 * so SET_SSV always fails with NFS4ERR_INVAL.
 */
final class SetSsv implements NfsOperation<SetSsv4Args, SetSsv4Res> {
  @Override
  public SetSsv4Res execute(SetSsv4Args args, CompoundContext c) throws NfsStatusException {
    throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
  }
}
