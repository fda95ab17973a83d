package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.ReclaimComplete4Args;
import ferry.wire.nfs4.ReclaimComplete4Res;

/**
 * RFC 5661 section 18.51: RECLAIM_COMPLETE. No file system ever moves here from another server, so
 * for one file system it has nothing to complete.
 */
final class ReclaimComplete implements Operation<ReclaimComplete4Args, ReclaimComplete4Res> {
  @Override
  public ReclaimComplete4Res execute(ReclaimComplete4Args args, CompoundContext c) throws Refused {
    if (args.oneFs()) {
      var _ = c.current();
      return new ReclaimComplete4Res(Nfsstat4.NFS4_OK);
    }
    if (!c.client().completeReclaim()) {
      throw new Refused(Nfsstat4.NFS4ERR_COMPLETE_ALREADY);
    }
    return new ReclaimComplete4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
