package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The setting of attributes in a memory volume. It makes all checks before the first change. */
final class Metadata {
  private final Store store;

  Metadata(Store store) {
    this.store = store;
  }

  static void requireSize(Store store, long size) throws StorageException {
    if (size < 0) {
      throw new StorageException(Status.INVALID);
    }
    if (size > store.limits.fileBytesMax()) {
      throw new StorageException(Status.TOO_BIG);
    }
  }

  void set(Caller caller, Handle handle, AttributeChanges wanted, @Nullable OpenFile file)
      throws StorageException {
    // Excludes calls that check permissions and then change names; they hold the lock for writing.
    store.names.readLock().lock();
    try {
      Inode inode = store.inode(handle);
      AttributeChanges changes = inode.isSymlink() ? wanted.withoutMode() : wanted;
      inode.lock.writeLock().lock();
      try {
        if (inode.gone) {
          throw new StorageException(Status.STALE);
        }
        if (!changes.isEmpty()) {
          check(caller, inode, changes, file);
          apply(caller, inode, changes);
        }
      } finally {
        inode.lock.writeLock().unlock();
      }
    } finally {
      store.names.readLock().unlock();
    }
  }

  private void check(Caller caller, Inode inode, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    if (changes.mode() != null) {
      Permissions.requireOwner(caller, inode);
    }
    if (changes.acls() != null) {
      checkAcls(store, inode.type, changes.acls());
      Permissions.requireOwner(caller, inode);
    }
    if (changes.uid() != null) {
      Permissions.requireOwner(caller, inode);
      if (changes.uid() != inode.uid && !caller.isSuperuser()) {
        throw new StorageException(Status.PERMISSION);
      }
    }
    if (changes.gid() != null) {
      Permissions.requireOwner(caller, inode);
      boolean own = changes.gid() == inode.gid || caller.isInGroup(changes.gid());
      if (!own && !caller.isSuperuser()) {
        throw new StorageException(Status.PERMISSION);
      }
    }
    if (changes.size() != null) {
      checkSize(caller, inode, changes.size(), file);
    }
    checkTime(caller, inode, changes.atime());
    checkTime(caller, inode, changes.mtime());
  }

  static void checkAcls(Store store, FileType type, Acls acls) throws StorageException {
    store.require(Feature.ACLS);
    if (type == FileType.SYMLINK) {
      throw new StorageException(Status.NOT_SUPPORTED, "lists of a symbolic link");
    }
    PosixAcl inherited = acls.inherited();
    if (inherited != null && type != FileType.DIRECTORY) {
      throw new StorageException(Status.INVALID, "a default ACL needs a directory");
    }
    int named = acls.access().namedCount() + (inherited == null ? 0 : inherited.namedCount());
    if (named > PosixAcl.NAMED_MAX) {
      throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
    }
  }

  Acls acls(Handle handle) throws StorageException {
    store.require(Feature.ACLS);
    Inode inode = store.inode(handle);
    if (inode.isSymlink()) {
      throw new StorageException(Status.NOT_SUPPORTED, "lists of a symbolic link");
    }
    inode.lock.readLock().lock();
    try {
      return new Acls(inode.access(), inode.inherited);
    } finally {
      inode.lock.readLock().unlock();
    }
  }

  /** The first change, because it may fail. */
  private void setAcls(Inode inode, Acls acls) throws StorageException {
    long old = inode.charge();
    store.bytes.take(Inode.charge(inode.target, acls.access(), acls.inherited()));
    inode.setAcls(acls);
    store.bytes.give(old);
  }

  private void checkSize(Caller caller, Inode inode, long size, @Nullable OpenFile file)
      throws StorageException {
    if (inode.isSymlink()) {
      throw new StorageException(Status.SYMLINK);
    }
    if (inode.data == null) {
      throw new StorageException(inode.isDirectory() ? Status.IS_DIRECTORY : Status.INVALID);
    }
    requireSize(store, size);
    if (file == null) {
      Permissions.require(caller, inode, Permissions.WRITE);
      return;
    }
    if (!(file.undecorated() instanceof MemoryFile open) || !open.isOf(store, inode)) {
      throw new StorageException(Status.INVALID, "an open of another object");
    }
    if (!file.access().writes()) {
      throw new StorageException(Status.ACCESS, "not open for writing");
    }
  }

  private static void checkTime(Caller caller, Inode inode, @Nullable TimeChange change)
      throws StorageException {
    if (change instanceof TimeChange.At) {
      Permissions.requireOwner(caller, inode);
    } else if (change instanceof TimeChange.Now && !Permissions.owns(caller, inode)) {
      Permissions.require(caller, inode, Permissions.WRITE);
    }
  }

  private void apply(Caller caller, Inode inode, AttributeChanges changes) throws StorageException {
    Instant now = store.now();
    QuotaTable.Owners before = new QuotaTable.Owners(inode.uid, inode.gid);
    QuotaTable.Owners owners =
        new QuotaTable.Owners(
            changes.uid() == null ? inode.uid : changes.uid(),
            changes.gid() == null ? inode.gid : changes.gid());
    changeQuota(inode, owners);
    try {
      applySpace(caller, inode, changes, now);
    } catch (StorageException e) {
      changeQuota(inode, before);
      throw e;
    }
    if (changes.uid() != null || changes.gid() != null) {
      inode.uid = owners.uid();
      inode.gid = owners.gid();
      inode.clearSetId();
    }
    if (changes.mode() != null) {
      boolean keepsGroup = caller.isSuperuser() || caller.isInGroup(inode.gid);
      inode.setMode(keepsGroup ? changes.mode() : changes.mode() & ~Inode.SET_GID);
    }
    if (changes.atime() != null || changes.mtime() != null) {
      inode.createVerifier = null;
    }
    inode.atime = time(changes.atime(), inode.atime, now);
    inode.mtime = time(changes.mtime(), inode.mtime, now);
    inode.attributesChanged(store.nextChange(), now);
  }

  private static void changeQuota(Inode inode, QuotaTable.Owners owners) throws StorageException {
    if (inode.data != null) {
      inode.data.changeOwners(owners);
    }
  }

  /** Applies the changes that need space and may fail. */
  private void applySpace(Caller caller, Inode inode, AttributeChanges changes, Instant now)
      throws StorageException {
    if (changes.acls() != null) {
      setAcls(inode, changes.acls());
    }
    if (changes.size() != null && inode.data != null) {
      inode.data.truncate(changes.size());
      inode.dataChanged(caller.isSuperuser(), store.nextChange(), now);
    }
  }

  private static Instant time(@Nullable TimeChange change, Instant old, Instant now) {
    return switch (change) {
      case null -> old;
      case TimeChange.Now() -> now;
      case TimeChange.At(Instant time) -> time;
    };
  }
}
