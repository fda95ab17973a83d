package io.ferrynfs.server.state;

import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;

/** Opens the file for one READ or WRITE with a special stateid. */
@FunctionalInterface
public interface TransientOpen {
  /** Opens the file for the requested access. */
  OpenFile open() throws StorageException;

  /** Returns the number of files that may still be opened. */
  default int left() {
    return Integer.MAX_VALUE;
  }
}
