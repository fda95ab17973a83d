package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.util.List;

/** The extended attributes of a memory volume. */
final class XattrStore {
  static final int NAME_BYTES_MAX = XattrName.BYTES_MAX;
  static final int VALUE_BYTES_MAX = 64 * 1024;

  /** The maximum total length of names that Linux lists (XATTR_LIST_MAX). */
  private static final int LIST_BYTES_MAX = 64 * 1024;

  private static final int ENTRY_CHARGE = 128;

  private final Store store;

  XattrStore(Store store) {
    this.store = store;
  }

  /** Returns the bytes of the capacity that an attribute takes. */
  static long charge(XattrName name, int valueSize) {
    return (long) ENTRY_CHARGE + name.size() + valueSize;
  }

  byte[] get(Caller caller, Handle handle, XattrName name) throws StorageException {
    Inode inode = inode(caller, handle, Permissions.READ);
    inode.lock.readLock().lock();
    try {
      byte[] value = inode.xattrs.get(name);
      if (value == null) {
        throw new StorageException(Status.NO_ATTRIBUTE);
      }
      return value.clone();
    } finally {
      inode.lock.readLock().unlock();
    }
  }

  List<XattrName> list(Caller caller, Handle handle) throws StorageException {
    Inode inode = inode(caller, handle, Permissions.READ);
    inode.lock.readLock().lock();
    try {
      return List.copyOf(inode.xattrs.keySet());
    } finally {
      inode.lock.readLock().unlock();
    }
  }

  ChangeInfo set(Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    Inode inode = inode(caller, handle, Permissions.WRITE);
    if (value.length > VALUE_BYTES_MAX) {
      throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
    }
    inode.lock.writeLock().lock();
    try {
      byte[] old = inode.xattrs.get(name);
      if (old != null && mode == XattrMode.CREATE) {
        throw new StorageException(Status.EXISTS);
      }
      if (old == null && mode == XattrMode.REPLACE) {
        throw new StorageException(Status.NO_ATTRIBUTE);
      }
      if (old == null && listSize(inode) + name.size() > LIST_BYTES_MAX) {
        throw new StorageException(Status.ATTRIBUTE_TOO_BIG);
      }
      requireThere(inode);
      store.bytes.take(charge(name, value.length));
      inode.xattrs.put(name, value.clone());
      if (old != null) {
        store.bytes.give(charge(name, old.length));
      }
      return changed(inode);
    } finally {
      inode.lock.writeLock().unlock();
    }
  }

  ChangeInfo remove(Caller caller, Handle handle, XattrName name) throws StorageException {
    Inode inode = inode(caller, handle, Permissions.WRITE);
    inode.lock.writeLock().lock();
    try {
      requireThere(inode);
      byte[] old = inode.xattrs.remove(name);
      if (old == null) {
        throw new StorageException(Status.NO_ATTRIBUTE);
      }
      store.bytes.give(charge(name, old.length));
      return changed(inode);
    } finally {
      inode.lock.writeLock().unlock();
    }
  }

  private Inode inode(Caller caller, Handle handle, int permission) throws StorageException {
    Inode inode = store.inode(handle);
    store.require(Feature.XATTRS);
    if (inode.isDirectory() || inode.data != null) {
      Permissions.require(store.effective(caller), inode, permission);
    } else if (permission == Permissions.WRITE) {
      throw new StorageException(Status.PERMISSION);
    }
    return inode;
  }

  private static void requireThere(Inode inode) throws StorageException {
    if (inode.gone) {
      throw new StorageException(Status.STALE);
    }
  }

  private static long listSize(Inode inode) {
    return inode.xattrs.keySet().stream().mapToLong(XattrName::size).sum();
  }

  private ChangeInfo changed(Inode inode) {
    long before = inode.change;
    inode.attributesChanged(store.nextChange(), store.now());
    return new ChangeInfo(before, inode.change, true);
  }
}
