package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.wire.nfs4.Removexattr4Args;
import io.ferrynfs.wire.nfs4.Removexattr4Res;

/** The REMOVEXATTR operation (RFC 8276 section 8.4.4). */
final class Removexattr implements NfsOperation<Removexattr4Args, Removexattr4Res> {
  @Override
  public Removexattr4Res execute(Removexattr4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    XattrName name = XattrName.of(args.name().toByteArray());
    try (FileChange _ = FileUses.change(c, file)) {
      ChangeInfo change = file.volume().removeXattr(c.caller(), file.handle(), name);
      return new Removexattr4Res.Ok(FileSupport.changeInfo(change));
    }
  }

  @Override
  public Cost cost(Removexattr4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
