package io.ferrynfs.storage;

/**
 * One entry of a directory, valid only during the call of {@link EntrySink#accept} that it is
 * passed to. Name, cookie and fileId are available without a system call; handle and attributes are
 * read on request.
 */
public interface DirectoryEntry {
  /** Returns the name of the entry. */
  Name name();

  /**
   * Returns the position after this entry, for {@link Volume#readDirectory}. A cookie is never 0, 1
   * or 2 and does not change while the entry exists.
   */
  long cookie();

  /** Returns the {@link Attributes#fileId} of the object. */
  long fileId();

  /**
   * Returns the handle of the object.
   *
   * @throws StorageException NOT_FOUND or STALE if the object was removed after the entry was read
   */
  Handle handle() throws StorageException;

  /**
   * Returns the attributes of the object.
   *
   * @throws StorageException NOT_FOUND or STALE if the object was removed after the entry was read
   */
  Attributes attributes() throws StorageException;
}
