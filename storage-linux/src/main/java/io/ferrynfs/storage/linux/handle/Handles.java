package io.ferrynfs.storage.linux.handle;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.Statx;

/** The strategy that assigns handles to objects and finds the object of a handle. */
public interface Handles {
  Handle root();

  /**
   * Checks the bytes of a handle only.
   *
   * @throws StorageException BAD_HANDLE if this volume never created the handle
   */
  void check(Handle handle) throws StorageException;

  /**
   * Opens the object of a handle.
   *
   * @throws StorageException BAD_HANDLE if this volume never created the handle; STALE if the
   *     object is gone or outside the exported directory
   */
  Node open(Handle handle) throws StorageException;

  /**
   * Returns the handle of an object that was found as {@code name} in a directory. The handle is
   * durable against a crash of this process.
   */
  Handle handleOf(int fd, Statx statx, Node directory, byte[] name) throws StorageException;

  /** Returns the handle of the parent of a directory other than the root. */
  Handle parentOf(Node directory) throws StorageException;

  /** Records that an object is about to get another name. */
  void naming(Node object, Node directory, byte[] name) throws StorageException;

  /**
   * Records that an object has lost a name.
   *
   * @param last whether it was the last name
   */
  void unnamed(Node object, Node directory, byte[] name, boolean last) throws StorageException;

  /**
   * Records that a file was opened. Its handle is valid until {@link #closed}, even after its last
   * name is removed.
   */
  void opened(Handle handle, Fd fd);

  /** Undoes one {@link #opened}. */
  void closed(Handle handle, Fd fd);

  /** Releases all resources. No other call is in flight. */
  void close() throws StorageException;
}
