package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Close4Res;
import io.ferrynfs.wire.nfs4.Stateid4;

/** RFC 8881 section 18.2: CLOSE. */
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

  /** The last close of a file without a name gives its space back, which takes as long as it is. */
  @Override
  public Cost cost(Close4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
