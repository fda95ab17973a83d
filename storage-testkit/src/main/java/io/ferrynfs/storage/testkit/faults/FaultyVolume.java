package io.ferrynfs.storage.testkit.faults;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.VolumeLimits;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A decorator that adds the failures of a plan to a volume. With an empty plan it changes nothing.
 */
public final class FaultyVolume implements Volume {
  private final Volume volume;
  private final FaultPlan plan;

  public FaultyVolume(Volume volume, FaultPlan plan) {
    this.volume = volume;
    this.plan = plan;
  }

  public FaultPlan plan() {
    return plan;
  }

  @Override
  public UUID id() {
    return volume.id();
  }

  @Override
  public Handle root() {
    return volume.root();
  }

  @Override
  public void checkHandle(Handle handle) throws StorageException {
    volume.checkHandle(handle);
  }

  @Override
  public int openFilesLeft() {
    return volume.openFilesLeft();
  }

  @Override
  public Set<Feature> features() {
    return volume.features();
  }

  @Override
  public VolumeLimits limits() {
    return volume.limits();
  }

  @Override
  public Space space(Caller caller) throws StorageException {
    plan.enter(Operation.SPACE);
    return volume.space(caller);
  }

  @Override
  public Quota quota(Caller caller, Handle handle) throws StorageException {
    plan.enter(Operation.QUOTA);
    return volume.quota(caller, handle);
  }

  @Override
  public Found lookup(Caller caller, Handle directory, Name name) throws StorageException {
    plan.enter(Operation.LOOKUP);
    return volume.lookup(caller, directory, name);
  }

  @Override
  public Handle parent(Caller caller, Handle directory) throws StorageException {
    plan.enter(Operation.PARENT);
    return volume.parent(caller, directory);
  }

  @Override
  public Attributes attributes(Caller caller, Handle handle) throws StorageException {
    plan.enter(Operation.ATTRIBUTES);
    return volume.attributes(caller, handle);
  }

  @Override
  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    plan.enter(Operation.SET_ATTRIBUTES);
    volume.setAttributes(caller, handle, changes, file);
  }

  @Override
  public Acls acls(Caller caller, Handle handle) throws StorageException {
    plan.enter(Operation.ATTRIBUTES);
    return volume.acls(caller, handle);
  }

  @Override
  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    plan.enter(Operation.ACCESS);
    return volume.access(caller, handle, wanted);
  }

  @Override
  public byte[] readLink(Caller caller, Handle handle) throws StorageException {
    plan.enter(Operation.READ_LINK);
    return volume.readLink(caller, handle);
  }

  @Override
  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    plan.enter(Operation.OPEN);
    return new FaultyFile(volume.open(caller, handle, access), plan);
  }

  @Override
  public Created create(
      Caller caller,
      Handle directory,
      Name name,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    plan.enter(Operation.CREATE);
    Created created = volume.create(caller, directory, name, mode, initial, access);
    return new Created(
        created.handle(),
        created.attributes(),
        new FaultyFile(created.file(), plan),
        created.createdNow(),
        created.change());
  }

  @Override
  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException {
    plan.enter(Operation.MAKE_DIRECTORY);
    return volume.makeDirectory(caller, directory, name, initial);
  }

  @Override
  public Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException {
    plan.enter(Operation.MAKE_SYMLINK);
    return volume.makeSymlink(caller, directory, name, target, initial);
  }

  @Override
  public Made makeNode(
      Caller caller,
      Handle directory,
      Name name,
      FileType type,
      DeviceNumber device,
      AttributeChanges initial)
      throws StorageException {
    plan.enter(Operation.MAKE_NODE);
    return volume.makeNode(caller, directory, name, type, device, initial);
  }

  @Override
  public ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException {
    plan.enter(Operation.LINK);
    return volume.link(caller, existing, directory, name);
  }

  @Override
  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    plan.enter(Operation.RENAME);
    return volume.rename(caller, fromDirectory, fromName, toDirectory, toName);
  }

  @Override
  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    plan.enter(Operation.REMOVE);
    return volume.remove(caller, directory, name, kind);
  }

  @Override
  public DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    plan.enter(Operation.READ_DIRECTORY);
    return volume.readDirectory(
        caller, directory, cookie, verifier, entry -> sink.accept(new FaultyEntry(entry, plan)));
  }

  @Override
  public byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException {
    plan.enter(Operation.GET_XATTR);
    return volume.getXattr(caller, handle, name);
  }

  @Override
  public ChangeInfo setXattr(
      Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    plan.enter(Operation.SET_XATTR);
    return volume.setXattr(caller, handle, name, value, mode);
  }

  @Override
  public List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException {
    plan.enter(Operation.LIST_XATTRS);
    return volume.listXattrs(caller, handle);
  }

  @Override
  public ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name)
      throws StorageException {
    plan.enter(Operation.REMOVE_XATTR);
    return volume.removeXattr(caller, handle, name);
  }

  @Override
  public void workInBackground() {
    volume.workInBackground();
  }

  @Override
  public void close() throws StorageException {
    volume.close();
  }
}
