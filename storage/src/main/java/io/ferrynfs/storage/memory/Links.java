package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The creation, renaming and removal of names in a memory volume. */
final class Links {
  private final Store store;
  private final NameSpace names;

  Links(Store store, NameSpace names) {
    this.store = store;
    this.names = names;
  }

  ChangeInfo link(Caller caller, Handle existing, Handle handle, Name name)
      throws StorageException {
    store.names.writeLock().lock();
    try {
      Inode inode = store.inode(existing);
      NameSpace.Place directory = names.directory(handle);
      if (inode.isDirectory()) {
        throw new StorageException(Status.IS_DIRECTORY);
      }
      if (NameSpace.find(caller, directory, name) != null) {
        throw new StorageException(Status.EXISTS);
      }
      Permissions.require(caller, directory.inode(), Permissions.WRITE);
      requireLinkable(inode);
      store.bytes.take(NameSpace.entryCharge(name));
      directory.entries().put(name, inode);
      Instant now = store.now();
      inode.linksChanged(1, store.nextChange(), now);
      return directory.inode().entriesChanged(0, store.nextChange(), now);
    } finally {
      store.names.writeLock().unlock();
    }
  }

  private void requireLinkable(Inode inode) throws StorageException {
    long nlink = inode.attributes().nlink();
    if (nlink == 0) {
      throw new StorageException(Status.STALE, "removed, and only open");
    }
    if (nlink >= store.limits.linkCountMax()) {
      throw new StorageException(Status.TOO_MANY_LINKS);
    }
  }

  ChangeInfo remove(Caller caller, Handle handle, Name name, RemoveKind kind)
      throws StorageException {
    store.names.writeLock().lock();
    try {
      NameSpace.Place directory = names.directory(handle);
      Inode inode = require(NameSpace.find(caller, directory, name));
      Permissions.requireRemove(caller, directory.inode(), inode);
      if (kind == RemoveKind.DIRECTORY && !inode.isDirectory()) {
        throw new StorageException(Status.NOT_DIRECTORY);
      }
      if (kind == RemoveKind.NON_DIRECTORY && inode.isDirectory()) {
        throw new StorageException(Status.IS_DIRECTORY);
      }
      requireEmpty(inode);
      directory.entries().remove(name);
      store.bytes.give(NameSpace.entryCharge(name));
      unlink(inode);
      int directoriesMore = inode.isDirectory() ? -1 : 0;
      return directory.inode().entriesChanged(directoriesMore, store.nextChange(), store.now());
    } finally {
      store.names.writeLock().unlock();
    }
  }

  /**
   * Decrements the link count after the removal of an entry. A directory loses its own {@code .}
   * link as well.
   */
  private void unlink(Inode inode) {
    int less = inode.isDirectory() ? 2 : 1;
    inode.linksChanged(-less, store.nextChange(), store.now());
    store.releaseIfUnused(inode);
  }

  Renamed rename(Caller caller, Handle fromHandle, Name fromName, Handle toHandle, Name toName)
      throws StorageException {
    store.names.writeLock().lock();
    try {
      NameSpace.Place from = names.directory(fromHandle);
      NameSpace.Place to = names.directory(toHandle);
      Inode moved = require(NameSpace.find(caller, from, fromName));
      Inode replaced = NameSpace.find(caller, to, toName);
      if (replaced == moved) {
        return new Renamed(from.inode().unchanged(), to.inode().unchanged());
      }
      requireMovable(caller, from.inode(), to.inode(), moved);
      if (replaced != null) {
        requireReplaceable(caller, to.inode(), moved, replaced);
      }
      return move(from, fromName, to, toName, moved, replaced);
    } finally {
      store.names.writeLock().unlock();
    }
  }

  private static void requireMovable(Caller caller, Inode from, Inode to, Inode moved)
      throws StorageException {
    Permissions.requireRemove(caller, from, moved);
    Permissions.require(caller, to, Permissions.WRITE);
    if (!moved.isDirectory()) {
      return;
    }
    Inode above = to;
    while (above != moved) {
      if (above.parent == above) {
        if (from != to) {
          // The move changes the ".." entry of the directory.
          Permissions.require(caller, moved, Permissions.WRITE);
        }
        return;
      }
      above = above.parent;
    }
    throw new StorageException(Status.INVALID, "a directory cannot be moved under itself");
  }

  private static void requireReplaceable(Caller caller, Inode to, Inode moved, Inode replaced)
      throws StorageException {
    Permissions.requireRemove(caller, to, replaced);
    if (moved.isDirectory() && !replaced.isDirectory()) {
      throw new StorageException(Status.NOT_DIRECTORY);
    }
    if (!moved.isDirectory() && replaced.isDirectory()) {
      throw new StorageException(Status.IS_DIRECTORY);
    }
    requireEmpty(replaced);
  }

  private Renamed move(
      NameSpace.Place from,
      Name fromName,
      NameSpace.Place to,
      Name toName,
      Inode moved,
      @Nullable Inode replaced)
      throws StorageException {
    if (replaced == null) {
      store.bytes.take(NameSpace.entryCharge(toName));
    }
    to.entries().put(toName, moved);
    from.entries().remove(fromName);
    store.bytes.give(NameSpace.entryCharge(fromName));
    moved.parent = to.inode();
    if (replaced != null) {
      unlink(replaced);
    }
    Instant now = store.now();
    moved.linksChanged(0, store.nextChange(), now);
    int gone = moved.isDirectory() ? -1 : 0;
    int come = moved.isDirectory() && replaced == null ? 1 : 0;
    if (from.inode() == to.inode()) {
      ChangeInfo change = from.inode().entriesChanged(gone + come, store.nextChange(), now);
      return new Renamed(change, change);
    }
    ChangeInfo source = from.inode().entriesChanged(gone, store.nextChange(), now);
    ChangeInfo target = to.inode().entriesChanged(come, store.nextChange(), now);
    return new Renamed(source, target);
  }

  private static Inode require(@Nullable Inode inode) throws StorageException {
    if (inode == null) {
      throw new StorageException(Status.NOT_FOUND);
    }
    return inode;
  }

  private static void requireEmpty(Inode inode) throws StorageException {
    if (inode.entries != null && !inode.entries.isEmpty()) {
      throw new StorageException(Status.NOT_EMPTY);
    }
  }
}
