package io.ferrynfs.storage;

import java.nio.ByteBuffer;

/** Holes of one file become holes of another. */
public final class Holes {
  /** Bounds one call of a file system that has to give back what is there. */
  private static final long PUNCH_BYTES_MAX = 1L << 30;

  private static final int ZEROS_BYTES = 1 << 20;

  private Holes() {}

  /**
   * Makes a range of a file read as zeros, without space taken where the volume has {@link
   * Feature#HOLES}, and the file at least so long; or the beginning of the range, and the caller
   * comes again.
   *
   * @param length at least 1
   * @return bytes of the range that do
   * @throws StorageException as {@link OpenFile#write} and {@link OpenFile#deallocate}
   */
  public static long make(OpenFile target, long to, long length) throws StorageException {
    long size = target.size();
    if (to >= size) {
      // Not by truncating, which might cut off what someone else has just written beyond.
      target.write(ByteBuffer.allocate(1), to + length - 1);
      punch(target, to, length);
      return length;
    }
    long inside = Math.min(Math.min(length, size - to), PUNCH_BYTES_MAX);
    return punch(target, to, inside)
        ? inside
        : target.write(ByteBuffer.allocate((int) Math.min(inside, ZEROS_BYTES)), to);
  }

  private static boolean punch(OpenFile target, long to, long length) throws StorageException {
    try {
      target.deallocate(to, length);
      return true;
    } catch (StorageException e) {
      if (e.status() == Status.NOT_SUPPORTED) {
        return false;
      }
      throw e;
    }
  }
}
