package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open files of one opening of a memory volume. */
final class Opens {
  private final Store store;
  private final Set<MemoryFile> files = ConcurrentHashMap.newKeySet();

  Opens(Store store) {
    this.store = store;
  }

  Store store() {
    return store;
  }

  /**
   * Opens an object without a permission check.
   *
   * @throws StorageException by the type of the object if it is not a regular file
   */
  MemoryFile open(Inode inode, OpenAccess access, Caller caller) throws StorageException {
    FileData data = inode.data;
    if (data == null) {
      throw new StorageException(notRegular(inode.type));
    }
    store.countOpen(inode);
    MemoryFile file = new MemoryFile(this, inode, data, access, caller);
    files.add(file);
    return file;
  }

  private static Status notRegular(FileType type) {
    return switch (type) {
      case DIRECTORY -> Status.IS_DIRECTORY;
      case SYMLINK -> Status.SYMLINK;
      default -> Status.WRONG_TYPE;
    };
  }

  int count() {
    return files.size();
  }

  void forget(MemoryFile file) {
    files.remove(file);
  }

  /** Closes all files, as the end of a process does. */
  void closeAll() {
    files.forEach(MemoryFile::close);
  }
}
