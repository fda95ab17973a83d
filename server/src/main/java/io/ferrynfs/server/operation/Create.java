package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.attribute.AttributeTable.Moment;
import io.ferrynfs.server.attribute.AttributeTable.Settings;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.nfs4.Create4Args;
import io.ferrynfs.wire.nfs4.Create4Res;
import io.ferrynfs.wire.nfs4.Create4Resok;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Specdata4;

/** The CREATE operation (RFC 8881 section 18.4), for all types except regular files. */
final class Create implements NfsOperation<Create4Args, Create4Res> {
  @Override
  public Create4Res execute(Create4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef directory = c.current();
    if (args.objtype() instanceof Createtype4.Other) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADTYPE);
    }
    Name name = FileSupport.name(args.objname());
    boolean makesDirectory = args.objtype() instanceof Createtype4.Dir;
    Settings settings =
        AttributeTable.INSTANCE.settings(
            directory.export(),
            args.createattrs(),
            Moment.CREATION,
            makesDirectory,
            c.services().options().ids());
    if (settings.changes().size() != null) {
      // Only regular files have a settable size, and OPEN creates these.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    Made made = make(args.objtype(), c.caller(), directory, name, settings.changes());
    c.setCurrent(new FileRef(directory.export(), made.handle()));
    return new Create4Res.Ok(
        new Create4Resok(FileSupport.changeInfo(made.change()), settings.attributes()));
  }

  private static Made make(
      Createtype4 type, Caller caller, FileRef directory, Name name, AttributeChanges initial)
      throws NfsStatusException, StorageException {
    Volume volume = directory.volume();
    return switch (type) {
      case Createtype4.Dir() -> volume.makeDirectory(caller, directory.handle(), name, initial);
      case Createtype4.Lnk lnk ->
          volume.makeSymlink(
              caller, directory.handle(), name, lnk.linkdata().toByteArray(), initial);
      case Createtype4.Blk blk ->
          node(caller, directory, name, FileType.BLOCK_DEVICE, device(blk.devdata()), initial);
      case Createtype4.Chr chr ->
          node(caller, directory, name, FileType.CHARACTER_DEVICE, device(chr.devdata()), initial);
      case Createtype4.Sock() ->
          node(caller, directory, name, FileType.SOCKET, DeviceNumber.NONE, initial);
      case Createtype4.Fifo() ->
          node(caller, directory, name, FileType.FIFO, DeviceNumber.NONE, initial);
      case Createtype4.Other other -> throw new NfsStatusException(Nfsstat4.NFS4ERR_BADTYPE);
    };
  }

  private static Made node(
      Caller caller,
      FileRef directory,
      Name name,
      FileType type,
      DeviceNumber device,
      AttributeChanges initial)
      throws StorageException {
    return directory.volume().makeNode(caller, directory.handle(), name, type, device, initial);
  }

  private static DeviceNumber device(Specdata4 numbers) {
    return new DeviceNumber(numbers.specdata1(), numbers.specdata2());
  }

  @Override
  public Cost cost(Create4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
