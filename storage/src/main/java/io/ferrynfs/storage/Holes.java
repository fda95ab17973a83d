package io.ferrynfs.storage;

import java.nio.ByteBuffer;

/** The creation of holes in a file. */
public final class Holes {
  /** Bounds one call, because the file system has to free the blocks of the range. */
  private static final long PUNCH_BYTES_MAX = 1L << 30;

  private static final int ZEROS_BYTES = 1 << 20;

  private Holes() {}

  /**
   * Makes a range of a file, or the beginning of the range, read as zeros. The range takes no space
   * if the volume has {@link Feature#HOLES}. The file becomes at least as long as the range. The
   * caller repeats the call for the rest.
   *
   * @param length in bytes, at least 1
   * @return the number of bytes that read as zeros now, from the beginning of the range
   * @throws StorageException as {@link OpenFile#write} and {@link OpenFile#deallocate}
   */
  public static long make(OpenFile target, long to, long length) throws StorageException {
    long size = target.size();
    if (to >= size) {
      // A truncate could cut off data that another writer has just written beyond the range.
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
