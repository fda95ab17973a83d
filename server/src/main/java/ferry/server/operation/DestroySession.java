package ferry.server.operation;

import ferry.server.session.Session;
import ferry.server.status.Refused;
import ferry.wire.nfs4.DestroySession4Args;
import ferry.wire.nfs4.DestroySession4Res;
import ferry.wire.nfs4.Nfsstat4;

/** RFC 5661 section 18.37: DESTROY_SESSION. */
final class DestroySession implements Operation<DestroySession4Args, DestroySession4Res> {
  @Override
  public DestroySession4Res execute(DestroySession4Args args, CompoundContext c) throws Refused {
    Session own = c.sessionIfAny();
    if (own != null && own.id().equals(args.sessionid()) && !c.isLastOperation()) {
      throw new Refused(Nfsstat4.NFS4ERR_NOT_ONLY_OP);
    }
    c.services().clients().destroySession(args.sessionid(), c.request().connection(), own);
    return new DestroySession4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
