package io.ferrynfs.server.export;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.VolumeLimits;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A view of a volume for clients that may not change it. */
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

  /** Setting no attributes succeeds, but not on an object that no longer exists. */
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
