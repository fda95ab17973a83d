package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.LockSupport;
import io.ferrynfs.server.state.ByteRange;
import io.ferrynfs.server.state.LockConflict;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Lockt4Args;
import io.ferrynfs.wire.nfs4.Lockt4Res;
import java.util.Optional;

/** The LOCKT operation (RFC 8881 section 18.11). It creates no state. */
final class Lockt implements NfsOperation<Lockt4Args, Lockt4Res> {
  @Override
  public Lockt4Res execute(Lockt4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
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
