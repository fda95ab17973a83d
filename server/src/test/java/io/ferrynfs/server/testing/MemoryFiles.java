package io.ferrynfs.server.testing;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;

/** Files of memory volumes, for what needs one to write to. */
public final class MemoryFiles {
  private MemoryFiles() {}

  /** A new file in the root directory, open. */
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
