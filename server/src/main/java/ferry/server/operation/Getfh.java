package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.wire.nfs4.Getfh4Res;
import ferry.wire.nfs4.Getfh4Resok;
import ferry.wire.nfs4.NfsArgop4;

/** RFC 5661 section 18.8: GETFH. */
final class Getfh implements Operation<NfsArgop4.Getfh, Getfh4Res> {
  @Override
  public Getfh4Res execute(NfsArgop4.Getfh args, CompoundContext c) throws Refused {
    return new Getfh4Res.Ok(new Getfh4Resok(c.current().wire()));
  }
}
