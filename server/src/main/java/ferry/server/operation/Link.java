package ferry.server.operation;

import ferry.server.export.FileRef;
import ferry.server.state.FileChange;
import ferry.server.status.Refused;
import ferry.storage.ChangeInfo;
import ferry.storage.Name;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Link4Args;
import ferry.wire.nfs4.Link4Res;
import ferry.wire.nfs4.Link4Resok;

/** RFC 5661 section 18.9: LINK. */
final class Link implements Operation<Link4Args, Link4Res> {
  @Override
  public Link4Res execute(Link4Args args, CompoundContext c) throws Refused, StorageException {
    FileRef existing = c.saved();
    FileRef directory = c.current();
    Name name = FileSupport.name(args.newname());
    // Section 2.6.3.1.2: both directories count, whatever came between.
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
