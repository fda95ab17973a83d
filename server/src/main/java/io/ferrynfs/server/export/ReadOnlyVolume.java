package io.ferrynfs.server.export;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A volume of directories that cannot be changed. */
abstract class ReadOnlyVolume implements Volume {
  private static StorageException readOnly() {
    return new StorageException(Status.READ_ONLY);
  }

  @Override
  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    throw readOnly();
  }

  @Override
  public Acls acls(Caller caller, Handle handle) throws StorageException {
    throw new StorageException(Status.NOT_SUPPORTED);
  }

  @Override
  public byte[] readLink(Caller caller, Handle handle) throws StorageException {
    throw new StorageException(Status.WRONG_TYPE);
  }

  @Override
  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    throw new StorageException(Status.IS_DIRECTORY);
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
    throw readOnly();
  }

  @Override
  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException {
    throw readOnly();
  }

  @Override
  public Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException {
    throw readOnly();
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
    throw readOnly();
  }

  @Override
  public ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException {
    throw readOnly();
  }

  @Override
  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    throw readOnly();
  }

  @Override
  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    throw readOnly();
  }

  @Override
  public byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException {
    throw new StorageException(Status.NOT_SUPPORTED);
  }

  @Override
  public ChangeInfo setXattr(
      Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    throw new StorageException(Status.NOT_SUPPORTED);
  }

  @Override
  public List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException {
    throw new StorageException(Status.NOT_SUPPORTED);
  }

  @Override
  public ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name)
      throws StorageException {
    throw new StorageException(Status.NOT_SUPPORTED);
  }

  @Override
  public void close() {}
}
