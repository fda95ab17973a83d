package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.attribute.AttributeTable.Moment;
import io.ferrynfs.server.attribute.AttributeTable.Settings;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.Setattr4Res;

/** The SETATTR operation (RFC 8881 section 18.30). */
final class Setattr implements NfsOperation<Setattr4Args, Setattr4Res> {

  @Override
  public Setattr4Res execute(Setattr4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    Caller caller = c.caller();
    boolean directory =
        args.objAttributes().attrmask().has(Attrs.ACL.number())
            && file.volume().attributes(caller, file.handle()).isDirectory();
    Settings settings =
        AttributeTable.INSTANCE.settings(
            file.export(),
            args.objAttributes(),
            Moment.LATER,
            directory,
            c.services().options().ids());
    AttributeChanges changes = settings.changes();
    if (changes.size() == null) {
      try (FileChange _ = FileUses.change(c, file)) {
        file.volume().setAttributes(caller, file.handle(), changes, null);
      }
      return done(settings);
    }
    // A change of the size has the locking requirements of WRITE (RFC 8881 section 18.30.3).
    try (FileUse use = FileUses.forWrite(c, args.stateid())) {
      file.volume().setAttributes(caller, file.handle(), changes, use.file());
    }
    return done(settings);
  }

  /**
   * Returns the result of success. The volume sets either all attributes or none, so a failed
   * SETATTR has set none.
   */
  private static Setattr4Res done(Settings settings) {
    return new Setattr4Res(Nfsstat4.NFS4_OK, settings.attributes());
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
