package ferry.server.export;

import ferry.storage.AccessRight;
import ferry.storage.Acls;
import ferry.storage.AttributeChanges;
import ferry.storage.Attributes;
import ferry.storage.Caller;
import ferry.storage.ChangeInfo;
import ferry.storage.DirectoryPage;
import ferry.storage.EntrySink;
import ferry.storage.Feature;
import ferry.storage.Found;
import ferry.storage.Handle;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.OpenFile;
import ferry.storage.Quota;
import ferry.storage.Space;
import ferry.storage.Status;
import ferry.storage.StorageException;
import ferry.storage.Volume;
import ferry.storage.VolumeLimits;
import ferry.storage.XattrMode;
import ferry.storage.XattrName;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A volume for clients that may not change it, whoever their users are. */
final class UnchangeableVolume extends ReadOnlyVolume {
  private static final Set<AccessRight> CHANGING =
      EnumSet.of(
          AccessRight.MODIFY, AccessRight.EXTEND, AccessRight.DELETE, AccessRight.XATTR_WRITE);

  private final Volume volume;

  UnchangeableVolume(Volume volume) {
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
  public Acls acls(Caller caller, Handle handle) throws StorageException {
    return volume.acls(caller, handle);
  }

  /** Setting nothing is allowed, but not of what is gone. */
  @Override
  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    if (!changes.isEmpty()) {
      super.setAttributes(caller, handle, changes, file);
    }
    volume.setAttributes(caller, handle, changes, file);
  }

  @Override
  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    EnumSet<AccessRight> reading = EnumSet.noneOf(AccessRight.class);
    reading.addAll(wanted);
    reading.removeAll(CHANGING);
    return volume.access(caller, handle, reading);
  }

  @Override
  public byte[] readLink(Caller caller, Handle handle) throws StorageException {
    return volume.readLink(caller, handle);
  }

  @Override
  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    if (access.writes()) {
      throw new StorageException(Status.READ_ONLY);
    }
    return volume.open(caller, handle, access);
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
    throw new StorageException(Status.READ_ONLY);
  }

  @Override
  public List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException {
    return volume.listXattrs(caller, handle);
  }

  @Override
  public ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name)
      throws StorageException {
    throw new StorageException(Status.READ_ONLY);
  }

  @Override
  public void workInBackground() {
    volume.workInBackground();
  }
}
