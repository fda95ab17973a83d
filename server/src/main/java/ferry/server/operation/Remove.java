package ferry.server.operation;

import ferry.server.export.FileRef;
import ferry.server.state.FileChange;
import ferry.server.status.Refused;
import ferry.storage.ChangeInfo;
import ferry.storage.Name;
import ferry.storage.RemoveKind;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Remove4Args;
import ferry.wire.nfs4.Remove4Res;
import ferry.wire.nfs4.Remove4Resok;

/** RFC 5661 section 18.25: REMOVE, of directories and everything else alike. */
final class Remove implements Operation<Remove4Args, Remove4Res> {
  @Override
  public Remove4Res execute(Remove4Args args, CompoundContext c) throws Refused, StorageException {
    FileRef directory = c.current();
    // What is removed now could not be reclaimed.
    c.checkNotInGrace();
    Name name = FileSupport.name(args.target());
    try (FileChange _ = FileSupport.losesName(c, directory, name)) {
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
