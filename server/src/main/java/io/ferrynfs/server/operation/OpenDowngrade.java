package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.ShareModes;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.OpenDowngrade4Args;
import io.ferrynfs.wire.nfs4.OpenDowngrade4Res;
import io.ferrynfs.wire.nfs4.OpenDowngrade4Resok;
import io.ferrynfs.wire.nfs4.Stateid4;

/** The OPEN_DOWNGRADE operation (RFC 8881 section 18.18). */
final class OpenDowngrade implements NfsOperation<OpenDowngrade4Args, OpenDowngrade4Res> {
  @Override
  public OpenDowngrade4Res execute(OpenDowngrade4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    ShareModes modes = ShareModes.of(args.shareAccess(), args.shareDeny());
    Stateid4 stateid = c.resolve(args.openStateid());
    Stateid4 left =
        c.services()
            .state()
            .opens()
            .downgrade(
                c.client().clientid(), c.current().key(), stateid, modes.access(), modes.deny());
    c.setCurrentStateid(left);
    return new OpenDowngrade4Res.Ok(new OpenDowngrade4Resok(left));
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
