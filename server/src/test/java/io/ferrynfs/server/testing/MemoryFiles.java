package io.ferrynfs.server.testing;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;

/** Open files of memory volumes. */
public final class MemoryFiles {
  private MemoryFiles() {}

  /** Creates a file in the root directory and returns it open. */
  public static OpenFile create(MemoryVolume volume, String name, OpenAccess access) {
    try {
      return volume
          .create(
              Caller.SUPERUSER,
              volume.root(),
              Name.of(name),
              CreateMode.unchecked(),
              AttributeChanges.ofMode(0600),
              access)
          .file();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }
}
