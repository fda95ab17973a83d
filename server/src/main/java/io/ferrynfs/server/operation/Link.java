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
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Link4Args;
import io.ferrynfs.wire.nfs4.Link4Res;
import io.ferrynfs.wire.nfs4.Link4Resok;

/** The LINK operation (RFC 8881 section 18.9). */
final class Link implements NfsOperation<Link4Args, Link4Res> {
  @Override
  public Link4Res execute(Link4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef existing = c.saved();
    FileRef directory = c.current();
    Name name = FileSupport.name(args.newname());
    // RFC 8881 section 2.6.3.1.2: the flavor must be checked for both directories, whatever
    // operations came between.
    c.checkFlavor(existing);
    c.checkFlavor(directory);
    FileSupport.checkSameExport(existing, directory);
    try (FileChange _ = FileUses.change(c, existing)) {
      ChangeInfo change =
          directory.volume().link(c.caller(), existing.handle(), directory.handle(), name);
      return new Link4Res.Ok(new Link4Resok(FileSupport.changeInfo(change)));
    }
  }

  @Override
  public Cost cost(Link4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
