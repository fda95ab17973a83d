package ferry.server.offload;

import ferry.storage.OpenFile;
import ferry.storage.Status;
import ferry.storage.StorageException;
import java.nio.ByteBuffer;

/** Holes of a source become holes of the target. */
final class Holes {
  private static final int ZEROS_BYTES = 1 << 20;

  private Holes() {}

  /**
   * Makes a range of the target read as zeros, and the target at least so long.
   *
   * @return bytes of the range that do; fewer than asked for where zeros are written
   */
  static long make(OpenFile target, long to, long length) throws StorageException {
    long size = target.size();
    if (to < size) {
      try {
        target.deallocate(to, Math.min(length, size - to));
      } catch (StorageException e) {
        if (e.status() != Status.NOT_SUPPORTED) {
          throw e;
        }
        return target.write(ByteBuffer.allocate((int) Math.min(length, ZEROS_BYTES)), to);
      }
    }
    if (to + length > size) {
      // Not by truncating, which might cut off what someone else has just written beyond.
      target.write(ByteBuffer.allocate(1), to + length - 1);
    }
    return length;
  }
}
