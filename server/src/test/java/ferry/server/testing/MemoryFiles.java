package ferry.server.testing;

import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.CreateMode;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.OpenFile;
import ferry.storage.StorageException;
import ferry.storage.memory.MemoryVolume;

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
