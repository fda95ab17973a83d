package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.StorageException;

/** How objects get their handles, and how a handle leads back to its object. */
interface Handles {
  Handle root();

  /**
   * Looks at nothing but the bytes of a handle.
   *
   * @throws StorageException BAD_HANDLE if no such handle was ever given out
   */
  void check(Handle handle) throws StorageException;

  /**
   * The object of a handle.
   *
   * @throws StorageException BAD_HANDLE if no such handle was ever given out; STALE if the object
   *     is gone, or is not inside the exported directory
   */
  Node open(Handle handle) throws StorageException;

  /**
   * The handle of an object that was found as {@code name} in a directory; it is good from now on,
   * whatever happens to this process.
   */
  Handle handleOf(int fd, Statx statx, Node directory, byte[] name) throws StorageException;

  /** The handle of the directory that a directory, which is not the root, is in. */
  Handle parentOf(Node directory) throws StorageException;

  /** An object is about to get another name. */
  void naming(Node object, Node directory, byte[] name) throws StorageException;

  /** An object has lost a name, the last one if {@code last}. */
  void unnamed(Node object, Node directory, byte[] name, boolean last) throws StorageException;

  /** A file was opened: its handle is good until {@link #closed}, also when its last name goes. */
  void opened(Handle handle, Fd fd);

  /** Undoes one {@link #opened}. */
  void closed(Handle handle, Fd fd);

  /** Gives up what is kept; no other call is under way. */
  void close() throws StorageException;
}
