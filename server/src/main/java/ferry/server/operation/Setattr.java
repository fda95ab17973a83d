package ferry.server.operation;

import ferry.server.attribute.AttributeTable;
import ferry.server.attribute.AttributeTable.Moment;
import ferry.server.attribute.AttributeTable.Settings;
import ferry.server.export.FileRef;
import ferry.server.state.FileUse;
import ferry.server.status.Refused;
import ferry.server.status.StatusMap;
import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Setattr4Args;
import ferry.wire.nfs4.Setattr4Res;
import ferry.wire.xdr.Bitmap4;

/** RFC 5661 section 18.30: SETATTR. */
final class Setattr implements Operation<Setattr4Args, Setattr4Res> {

  /** A failed SETATTR has a body too: no attribute was set, since the volume sets all or none. */
  @Override
  public Setattr4Res execute(Setattr4Args args, CompoundContext c) {
    try {
      return new Setattr4Res(Nfsstat4.NFS4_OK, set(args, c));
    } catch (Refused e) {
      return new Setattr4Res(e.status(), Bitmap4.EMPTY);
    } catch (StorageException e) {
      return new Setattr4Res(StatusMap.of(e.status()), Bitmap4.EMPTY);
    }
  }

  private static Bitmap4 set(Setattr4Args args, CompoundContext c)
      throws Refused, StorageException {
    FileRef file = c.current();
    Settings settings =
        AttributeTable.INSTANCE.settings(file.export(), args.objAttributes(), Moment.LATER);
    AttributeChanges changes = settings.changes();
    Caller caller = c.caller();
    if (changes.size() == null) {
      file.volume().setAttributes(caller, file.handle(), changes, null);
      return settings.attributes();
    }
    // Setting the size has the locking requirements of a WRITE (section 18.30.3).
    try (FileUse use = FileUses.forWrite(c, args.stateid())) {
      file.volume().setAttributes(caller, file.handle(), changes, use.file());
    }
    return settings.attributes();
  }

  @Override
  public Cost cost(Setattr4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
