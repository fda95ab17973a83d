package ferry.server.endtoend;

import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.CreateMode;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.OpenFile;
import ferry.storage.StorageException;
import ferry.storage.Volume;
import java.nio.ByteBuffer;

/** Whole files of a volume, without a server in between. */
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

  /** The content of a file as it is in the volume. */
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
