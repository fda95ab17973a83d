package io.ferrynfs.storage;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A volume that forwards each call to another volume. A subclass overrides the calls that it
 * changes, observes or rejects. The open files are those of the other volume unless the subclass
 * wraps them as well.
 */
public abstract class ForwardingVolume implements Volume {
  private final Volume volume;

  /**
   * Creates a volume that forwards to another.
   *
   * @param volume the other volume; {@link #close} closes it
   */
  protected ForwardingVolume(Volume volume) {
    this.volume = volume;
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
    return volume.space(caller);
  }

  @Override
  public Quota quota(Caller caller, Handle handle) throws StorageException {
    return volume.quota(caller, handle);
  }

  @Override
  public Found lookup(Caller caller, Handle directory, Name name) throws StorageException {
    return volume.lookup(caller, directory, name);
  }

  @Override
  public Handle parent(Caller caller, Handle directory) throws StorageException {
    return volume.parent(caller, directory);
  }

  @Override
  public Attributes attributes(Caller caller, Handle handle) throws StorageException {
    return volume.attributes(caller, handle);
  }

  @Override
  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    volume.setAttributes(caller, handle, changes, file);
  }

  @Override
  public Acls acls(Caller caller, Handle handle) throws StorageException {
    return volume.acls(caller, handle);
  }

  @Override
  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    return volume.access(caller, handle, wanted);
  }

  @Override
  public byte[] readLink(Caller caller, Handle handle) throws StorageException {
    return volume.readLink(caller, handle);
  }

  @Override
  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    return volume.open(caller, handle, access);
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
    return volume.create(caller, directory, name, mode, initial, access);
  }

  @Override
  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException {
    return volume.makeDirectory(caller, directory, name, initial);
  }

  @Override
  public Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException {
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
    return volume.makeNode(caller, directory, name, type, device, initial);
  }

  @Override
  public ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException {
    return volume.link(caller, existing, directory, name);
  }

  @Override
  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    return volume.rename(caller, fromDirectory, fromName, toDirectory, toName);
  }

  @Override
  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    return volume.remove(caller, directory, name, kind);
  }

  @Override
  public DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    return volume.readDirectory(caller, directory, cookie, verifier, sink);
  }

  @Override
  public byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException {
    return volume.getXattr(caller, handle, name);
  }

  @Override
  public ChangeInfo setXattr(
      Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    return volume.setXattr(caller, handle, name, value, mode);
  }

  @Override
  public List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException {
    return volume.listXattrs(caller, handle);
  }

  @Override
  public ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name)
      throws StorageException {
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
