package io.ferrynfs.storage;

/**
 * One entry of a directory, valid only during the {@link EntrySink#accept} that it is given to.
 * Name, cookie and fileId are at hand; handle and attributes are fetched when asked for.
 */
public interface DirectoryEntry {
  Name name();

  /**
   * Where to go on after this entry: not 0, 1 or 2, and the same for as long as the entry exists.
   */
  long cookie();

  /** {@link Attributes#fileId} of the object. */
  long fileId();

  /**
   * @throws StorageException NOT_FOUND or STALE if the object went away after the entry was read
   */
  Handle handle() throws StorageException;

  /**
   * @throws StorageException NOT_FOUND or STALE if the object went away after the entry was read
   */
  Attributes attributes() throws StorageException;
}
