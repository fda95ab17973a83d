package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Putfh4Args;
import ferry.wire.nfs4.Putfh4Res;

/** RFC 5661 section 18.19: PUTFH. */
final class Putfh implements Operation<Putfh4Args, Putfh4Res> {
  @Override
  public Putfh4Res execute(Putfh4Args args, CompoundContext c) throws Refused {
    c.setCurrent(c.services().exports().decode(args.object()));
    return new Putfh4Res(Nfsstat4.NFS4_OK);
  }
}
