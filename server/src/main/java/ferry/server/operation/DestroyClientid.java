package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.wire.nfs4.DestroyClientid4Args;
import ferry.wire.nfs4.DestroyClientid4Res;
import ferry.wire.nfs4.Nfsstat4;

/**
 * RFC 5661 section 18.50: DESTROY_CLIENTID. A client that asks within a session of its own has that
 * session still, and so is busy.
 */
final class DestroyClientid implements Operation<DestroyClientid4Args, DestroyClientid4Res> {
  @Override
  public DestroyClientid4Res execute(DestroyClientid4Args args, CompoundContext c) throws Refused {
    c.services().clients().destroyClientid(args.clientid());
    return new DestroyClientid4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
