package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.LockSupport;
import io.ferrynfs.server.state.ByteRange;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Locku4Args;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.Stateid4;

/**
 * The LOCKU operation (RFC 8881 section 18.12). It succeeds for a range that is not locked, as on
 * POSIX systems.
 */
final class Locku implements NfsOperation<Locku4Args, Locku4Res> {
  @Override
  public Locku4Res execute(Locku4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
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
    } catch (NfsStatusException e) {
      throw LockSupport.withTypeChecked(e, c);
    }
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
