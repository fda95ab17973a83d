package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Close4Res;
import io.ferrynfs.wire.nfs4.Stateid4;

/** The CLOSE operation (RFC 8881 section 18.2). */
final class Close implements NfsOperation<Close4Args, Close4Res> {
  @Override
  public Close4Res execute(Close4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    Stateid4 stateid = c.resolve(args.openStateid());
    Stateid4 ended =
        c.services().state().opens().close(c.client().clientid(), c.current().key(), stateid);
    c.setCurrentStateid(ended);
    return new Close4Res.Ok(ended);
  }

  /**
   * Returns BULK because the last close of an unlinked file frees its space, which takes time for a
   * large file.
   */
  @Override
  public Cost cost(Close4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
