package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DirectoryEntry;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.PosixAcl;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lookup, creation and listing of objects in a memory volume. */
final class NameSpace {
  static final int DEFAULT_FILE_MODE = 0600;
  static final int DEFAULT_DIRECTORY_MODE = 0700;

  /** Cookies never become invalid, so all directories have the same verifier. */
  private static final long DIRECTORY_VERIFIER = 1;

  private static final int BATCH = 64;
  private static final int ENTRY_CHARGE = 128;

  private final Store store;
  private final Opens opens;

  NameSpace(Opens opens) {
    this.store = opens.store();
    this.opens = opens;
  }

  /** A directory and its entries. */
  record Place(Inode inode, Directory entries) {}

  Place directory(Handle handle) throws StorageException {
    Inode inode = store.inode(handle);
    if (inode.entries == null) {
      throw new StorageException(inode.isSymlink() ? Status.SYMLINK : Status.NOT_DIRECTORY);
    }
    return new Place(inode, inode.entries);
  }

  /** Returns the object of a name, or null. Requires search permission on the directory. */
  static @Nullable Inode find(Caller caller, Place directory, Name name) throws StorageException {
    Permissions.require(caller, directory.inode(), Permissions.EXECUTE);
    return directory.entries().get(name);
  }

  static long entryCharge(Name name) {
    return (long) ENTRY_CHARGE + name.size();
  }

  Found lookup(Caller caller, Handle handle, Name name) throws StorageException {
    store.names.readLock().lock();
    try {
      Inode inode = find(caller, directory(handle), name);
      if (inode == null) {
        throw new StorageException(Status.NOT_FOUND);
      }
      return new Found(store.handle(inode), inode.attributes());
    } finally {
      store.names.readLock().unlock();
    }
  }

  Handle parent(Caller caller, Handle handle) throws StorageException {
    store.names.readLock().lock();
    try {
      Inode inode = directory(handle).inode();
      Permissions.require(caller, inode, Permissions.EXECUTE);
      if (inode == store.root) {
        throw new StorageException(Status.NOT_FOUND);
      }
      return store.handle(inode.parent);
    } finally {
      store.names.readLock().unlock();
    }
  }

  MemoryFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    Inode inode = store.inode(handle);
    MemoryFile file = opens.open(inode, access, caller);
    try {
      requireOpenable(caller, inode, access);
      return file;
    } catch (StorageException e) {
      file.close();
      throw e;
    }
  }

  private static void requireOpenable(Caller caller, Inode inode, OpenAccess access)
      throws StorageException {
    boolean mayRead =
        Permissions.allows(caller, inode, Permissions.READ)
            || Permissions.allows(caller, inode, Permissions.EXECUTE);
    boolean mayWrite = Permissions.allows(caller, inode, Permissions.WRITE);
    if ((access.reads() && !mayRead) || (access.writes() && !mayWrite)) {
      throw new StorageException(Status.ACCESS);
    }
  }

  Created create(
      Caller caller,
      Handle handle,
      Name name,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    boolean exclusive = mode instanceof CreateMode.Exclusive;
    if (exclusive && (initial.atime() != null || initial.mtime() != null)) {
      throw new StorageException(Status.INVALID, "times of an exclusive creation");
    }
    store.names.writeLock().lock();
    try {
      Place directory = directory(handle);
      Inode existing = find(caller, directory, name);
      return existing == null
          ? createNew(caller, directory, name, mode, initial, access)
          : openExisting(caller, directory.inode(), existing, mode, initial, access);
    } finally {
      store.names.writeLock().unlock();
    }
  }

  private Created createNew(
      Caller caller,
      Place directory,
      Name name,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    Permissions.require(caller, directory.inode(), Permissions.WRITE);
    Inode.Draft draft = draft(caller, directory.inode(), FileType.REGULAR, initial);
    draft.data = emptyData(draft, initial.size());
    if (mode instanceof CreateMode.Exclusive(long verifier)) {
      draft.createVerifier = verifier;
    }
    Inode inode = add(draft, name);
    MemoryFile file;
    try {
      file = opens.open(inode, access, caller);
    } catch (StorageException e) {
      discard(inode, name);
      throw e;
    }
    ChangeInfo change = enter(directory, name, inode);
    return new Created(store.handle(inode), inode.attributes(), file, true, change);
  }

  private FileData emptyData(Inode.Draft draft, @Nullable Long size) throws StorageException {
    FileData data = new FileData(store, new QuotaTable.Owners(draft.uid, draft.gid));
    if (size != null) {
      Metadata.requireSize(store, size);
      data.truncate(size);
    }
    return data;
  }

  private Created openExisting(
      Caller caller,
      Inode directory,
      Inode inode,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    MemoryFile file =
        switch (mode) {
          case CreateMode.Guarded() -> throw new StorageException(Status.EXISTS);
          case CreateMode.Exclusive(long verifier) -> {
            if (!isCreatedWith(inode, verifier)) {
              throw new StorageException(Status.EXISTS);
            }
            yield opens.open(inode, access, caller);
          }
          case CreateMode.Unchecked() -> openUnchecked(caller, inode, initial, access);
        };
    return new Created(store.handle(inode), inode.attributes(), file, false, directory.unchanged());
  }

  private static boolean isCreatedWith(Inode inode, long verifier) {
    inode.lock.readLock().lock();
    try {
      return inode.createVerifier != null && inode.createVerifier == verifier;
    } finally {
      inode.lock.readLock().unlock();
    }
  }

  private MemoryFile openUnchecked(
      Caller caller, Inode inode, AttributeChanges initial, OpenAccess access)
      throws StorageException {
    MemoryFile file = opens.open(inode, access, caller);
    try {
      requireOpenable(caller, inode, access);
      if (initial.size() != null && initial.size() == 0) {
        Permissions.require(caller, inode, Permissions.WRITE);
        file.empty();
      }
      return file;
    } catch (StorageException e) {
      file.close();
      throw e;
    }
  }

  Made makeDirectory(Caller caller, Handle handle, Name name, AttributeChanges initial)
      throws StorageException {
    return make(
        caller, handle, name, directory -> draft(caller, directory, FileType.DIRECTORY, initial));
  }

  /** Creates the draft of an object after the checks of the directory have passed. */
  @FunctionalInterface
  interface Drafter {
    Inode.Draft draft(Inode directory) throws StorageException;
  }

  Made make(Caller caller, Handle handle, Name name, Drafter drafter) throws StorageException {
    store.names.writeLock().lock();
    try {
      Place directory = directory(handle);
      if (find(caller, directory, name) != null) {
        throw new StorageException(Status.EXISTS);
      }
      Permissions.require(caller, directory.inode(), Permissions.WRITE);
      Inode.Draft draft = drafter.draft(directory.inode());
      if (draft.type == FileType.DIRECTORY
          && directory.inode().attributes().nlink() >= store.limits.linkCountMax()) {
        throw new StorageException(Status.TOO_MANY_LINKS);
      }
      Inode inode = add(draft, name);
      ChangeInfo change = enter(directory, name, inode);
      return new Made(store.handle(inode), inode.attributes(), change);
    } finally {
      store.names.writeLock().unlock();
    }
  }

  /**
   * Returns a draft with the requested attributes, which the caller must be permitted to set, and
   * the defaults of the directory.
   */
  Inode.Draft draft(Caller caller, Inode directory, FileType type, AttributeChanges initial)
      throws StorageException {
    Attributes above = directory.attributes();
    boolean inherits = (above.mode() & Inode.SET_GID) != 0;
    Inode.Draft draft = new Inode.Draft(type);
    draft.uid = initial.uid() == null ? caller.uid() : initial.uid();
    long defaultGid = inherits ? above.gid() : caller.gid();
    draft.gid = initial.gid() == null ? defaultGid : initial.gid();
    boolean foreign = draft.uid != caller.uid();
    boolean foreignGroup = draft.gid != defaultGid && !caller.isInGroup(draft.gid);
    if ((foreign || foreignGroup) && !caller.isSuperuser()) {
      throw new StorageException(Status.PERMISSION);
    }
    boolean isDirectory = type == FileType.DIRECTORY;
    int defaultMode = isDirectory ? DEFAULT_DIRECTORY_MODE : DEFAULT_FILE_MODE;
    draft.mode = initial.mode() == null ? defaultMode : initial.mode();
    addAcls(directory, draft, initial);
    if (isDirectory && inherits) {
      draft.mode |= Inode.SET_GID;
    } else if (!caller.isSuperuser() && !caller.isInGroup(draft.gid)) {
      draft.mode &= ~Inode.SET_GID;
    }
    draft.atime = initial.atime() instanceof TimeChange.At(var time) ? time : null;
    draft.mtime = initial.mtime() instanceof TimeChange.At(var time) ? time : null;
    return draft;
  }

  /** Adds the requested or inherited ACLs to a draft, which may change its mode. */
  private void addAcls(Inode directory, Inode.Draft draft, AttributeChanges initial)
      throws StorageException {
    if (draft.type == FileType.SYMLINK) {
      return;
    }
    PosixAcl inherited = directory.inheritedNow();
    if (draft.type == FileType.DIRECTORY) {
      draft.inherited = inherited;
    }
    PosixAcl access;
    Acls asked = initial.acls();
    if (asked != null) {
      Metadata.checkAcls(store, draft.type, asked);
      access = initial.mode() == null ? asked.access() : asked.access().withMode(draft.mode);
      draft.inherited = asked.inherited();
    } else if (inherited != null) {
      access = inherited.limitedTo(draft.mode);
    } else {
      access = PosixAcl.ofMode(draft.mode & ~initial.umask());
    }
    draft.mode = (draft.mode & ~0777) | access.mode();
    draft.acl = access.isMinimal() ? null : access;
  }

  private Inode add(Inode.Draft draft, Name name) throws StorageException {
    store.bytes.take(entryCharge(name));
    try {
      return store.add(draft);
    } catch (StorageException e) {
      store.bytes.give(entryCharge(name));
      throw e;
    }
  }

  private void discard(Inode inode, Name name) {
    inode.linksChanged(-1, store.nextChange(), store.now());
    store.releaseIfUnused(inode);
    store.bytes.give(entryCharge(name));
  }

  private ChangeInfo enter(Place directory, Name name, Inode inode) {
    directory.entries().put(name, inode);
    inode.parent = directory.inode();
    return directory
        .inode()
        .entriesChanged(inode.isDirectory() ? 1 : 0, store.nextChange(), store.now());
  }

  DirectoryPage read(Caller caller, Handle handle, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    long position = cookie;
    while (true) {
      List<Directory.Entry> batch = batch(caller, handle, position, verifier);
      if (batch.isEmpty()) {
        return new DirectoryPage(DIRECTORY_VERIFIER, true);
      }
      for (Directory.Entry entry : batch) {
        if (!sink.accept(new MemoryEntry(store, entry))) {
          return new DirectoryPage(DIRECTORY_VERIFIER, false);
        }
        position = entry.cookie();
      }
      verifier = DIRECTORY_VERIFIER;
    }
  }

  private List<Directory.Entry> batch(Caller caller, Handle handle, long cookie, long verifier)
      throws StorageException {
    store.names.readLock().lock();
    try {
      Place directory = directory(handle);
      Permissions.require(caller, directory.inode(), Permissions.READ);
      boolean known = cookie == 0 || verifier == DIRECTORY_VERIFIER;
      if (!known || !directory.entries().isCookie(cookie)) {
        throw new StorageException(Status.BAD_COOKIE);
      }
      return directory.entries().after(cookie, BATCH);
    } finally {
      store.names.readLock().unlock();
    }
  }

  private record MemoryEntry(Store store, Directory.Entry entry) implements DirectoryEntry {
    @Override
    public Name name() {
      return entry.name();
    }

    @Override
    public long cookie() {
      return entry.cookie();
    }

    @Override
    public long fileId() {
      return entry.inode().id;
    }

    @Override
    public Handle handle() {
      return store.handle(entry.inode());
    }

    @Override
    public Attributes attributes() throws StorageException {
      return store.inode(handle()).attributes();
    }
  }
}
