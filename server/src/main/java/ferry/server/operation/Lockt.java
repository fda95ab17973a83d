package ferry.server.operation;

import ferry.server.state.ByteRange;
import ferry.server.state.LockConflict;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Lockt4Args;
import ferry.wire.nfs4.Lockt4Res;
import java.util.Optional;

/** RFC 5661 section 18.11: LOCKT. It makes no state, of the file or of the lock-owner. */
final class Lockt implements Operation<Lockt4Args, Lockt4Res> {
  @Override
  public Lockt4Res execute(Lockt4Args args, CompoundContext c) throws Refused, StorageException {
    LockSupport.checkIsFile(c);
    ByteRange range = ByteRange.of(args.offset(), args.length());
    c.checkNotInGrace();
    Optional<LockConflict> conflict =
        c.services()
            .state()
            .locks()
            .test(
                c.client().clientid(),
                c.current().key(),
                args.owner().owner(),
                range,
                LockSupport.isExclusive(args.locktype()));
    return conflict.isPresent()
        ? new Lockt4Res.Denied(LockSupport.denied(conflict.get()))
        : new Lockt4Res.Ok();
  }

  @Override
  public int replyBytesMax(Lockt4Args args) {
    return LockSupport.REPLY_BYTES_MAX;
  }
}
