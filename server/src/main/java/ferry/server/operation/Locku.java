package ferry.server.operation;

import ferry.server.state.ByteRange;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Locku4Args;
import ferry.wire.nfs4.Locku4Res;
import ferry.wire.nfs4.Stateid4;

/** RFC 5661 section 18.12: LOCKU. Unlocking what is not locked is no error, as on POSIX systems. */
final class Locku implements Operation<Locku4Args, Locku4Res> {
  @Override
  public Locku4Res execute(Locku4Args args, CompoundContext c) throws Refused, StorageException {
    ByteRange range = ByteRange.of(args.offset(), args.length());
    Stateid4 stateid = c.resolve(args.lockStateid());
    try {
      Stateid4 left =
          c.services()
              .state()
              .locks()
              .unlock(c.client().clientid(), c.current().key(), stateid, range);
      c.setCurrentStateid(left);
      return new Locku4Res.Ok(left);
    } catch (Refused refused) {
      throw LockSupport.sharpened(refused, c);
    }
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
