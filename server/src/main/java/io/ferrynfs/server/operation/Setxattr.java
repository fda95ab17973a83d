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
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.Setxattr4Res;

/** The SETXATTR operation (RFC 8276 section 8.4.2). */
final class Setxattr implements NfsOperation<Setxattr4Args, Setxattr4Res> {
  @Override
  public Setxattr4Res execute(Setxattr4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    XattrName name = XattrName.of(args.key().toByteArray());
    XattrMode mode =
        switch (args.option()) {
          case SETXATTR4_EITHER -> XattrMode.EITHER;
          case SETXATTR4_CREATE -> XattrMode.CREATE;
          case SETXATTR4_REPLACE -> XattrMode.REPLACE;
        };
    try (FileChange _ = FileUses.change(c, file)) {
      ChangeInfo change =
          file.volume().setXattr(c.caller(), file.handle(), name, args.value().toByteArray(), mode);
      return new Setxattr4Res.Ok(FileSupport.changeInfo(change));
    }
  }

  @Override
  public Cost cost(Setxattr4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
