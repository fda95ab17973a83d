package io.ferrynfs.server.endtoend;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import java.nio.ByteBuffer;

/** Reads and writes whole files directly in a volume. */
final class VolumeFiles {

  private VolumeFiles() {}

  static void put(Volume volume, String file, byte[] bytes) {
    try (OpenFile open =
        volume
            .create(
                Caller.SUPERUSER,
                volume.root(),
                Name.of(file),
                CreateMode.unchecked(),
                AttributeChanges.ofMode(0644),
                OpenAccess.WRITE)
            .file()) {
      open.write(ByteBuffer.wrap(bytes), 0);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the content of a file, read directly from the volume. */
  static byte[] content(Volume volume, String file) {
    try (OpenFile open =
        volume.open(
            Caller.SUPERUSER,
            volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(file)).handle(),
            OpenAccess.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) open.size());
      open.read(bytes, 0);
      return bytes.array();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }
}
