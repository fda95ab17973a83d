package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Remove4Args;
import io.ferrynfs.wire.nfs4.Remove4Res;
import io.ferrynfs.wire.nfs4.Remove4Resok;

/** The REMOVE operation (RFC 8881 section 18.25), for directories and all other types. */
final class Remove implements NfsOperation<Remove4Args, Remove4Res> {
  @Override
  public Remove4Res execute(Remove4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef directory = c.current();
    // A client could not reclaim a file that is removed now.
    c.checkNotInGrace();
    Name name = FileSupport.name(args.target());
    try (FileChange _ = FileSupport.removeName(c, directory, name)) {
      ChangeInfo change =
          directory.volume().remove(c.caller(), directory.handle(), name, RemoveKind.ANY);
      return new Remove4Res.Ok(new Remove4Resok(FileSupport.changeInfo(change)));
    }
  }

  @Override
  public Cost cost(Remove4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
