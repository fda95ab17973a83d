package io.ferrynfs.server.state;

import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;

/** Opens the file for one READ or WRITE that comes with a special stateid. */
@FunctionalInterface
public interface TransientOpen {
  /** Opens it for the access that was asked. */
  OpenFile open() throws StorageException;

  /** How many files may still be opened. */
  default int left() {
    return Integer.MAX_VALUE;
  }
}
