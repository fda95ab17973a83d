package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.StorageException;
import java.lang.foreign.MemorySegment;

/**
 * Copying between two descriptors without the bytes passing through the program:
 * copy_file_range(2), which shares blocks on XFS and btrfs and copies in the kernel elsewhere. It
 * gets the data of the source only, and holes are made here: it would write them out wherever it
 * does not share, which it does not say before. Where the kernel refuses, a bounded piece is read
 * and written, and the caller comes again.
 *
 * <p>Who copies wants the copy on the disk: a COMMIT follows. So where bytes are moved, the disk
 * begins to write each part of it while the next is being copied, instead of idling until the end.
 */
final class RangeCopy {
  /** Bounds one call of the kernel, which cannot be cancelled. */
  private static final long CALL_BYTES_MAX = 1L << 30;

  private static final long PART_BYTES = 16L << 20;

  private static final int PIECE_BYTES_MAX = 128 << 10;
  private static final int PIECES_MAX = 32;

  private RangeCopy() {}

  /**
   * Copies, and returns how much; 0 only where the source ends.
   *
   * @param sharesBlocks whether the kernel may share blocks rather than move bytes
   */
  static long copy(int fromFd, long from, int toFd, long to, long length, boolean sharesBlocks)
      throws StorageException {
    long size = Node.statxOf(fromFd).sizeBytes();
    if (from >= size) {
      return 0;
    }
    long bytes = Math.min(length, CALL_BYTES_MAX);
    // Asked whatever space the file takes: with some reserved beyond its end it may have holes and
    // take more than its length.
    long data = DataCalls.lseek(fromFd, from, Flags.SEEK_DATA);
    if (data == -Errno.ENXIO) {
      return copyHole(toFd, to, Math.min(length, size - from));
    }
    if (data > from) {
      return copyHole(toFd, to, Math.min(length, data - from));
    }
    long hole = DataCalls.lseek(fromFd, from, Flags.SEEK_HOLE);
    if (data == from && hole > from) {
      // Where blocks cannot be shared the kernel moves bytes, and would fill the holes.
      bytes = Math.min(bytes, hole - from);
    }
    return sharesBlocks
        ? part(fromFd, from, toFd, to, bytes)
        : parts(fromFd, from, toFd, to, bytes);
  }

  private static long parts(int fromFd, long from, int toFd, long to, long length)
      throws StorageException {
    long done = 0;
    while (done < length) {
      long wanted = Math.min(PART_BYTES, length - done);
      long copied;
      try {
        copied = part(fromFd, from + done, toFd, to + done, wanted);
      } catch (StorageException e) {
        if (done == 0) {
          throw e;
        }
        // The caller comes again, and meets it then.
        return done;
      }
      if (copied == PART_BYTES) {
        // No error counts: what cannot be written fails the sync, which is the one that promises.
        DataCalls.startWriting(toFd, to + done, copied);
      }
      done += copied;
      if (copied < wanted) {
        return done;
      }
    }
    return done;
  }

  private static long part(int fromFd, long from, int toFd, long to, long length)
      throws StorageException {
    long copied = DataCalls.copyFileRange(fromFd, from, toFd, to, length);
    boolean refused =
        copied == -Errno.EXDEV
            || copied == -Errno.EOPNOTSUPP
            || copied == -Errno.ENOSYS
            || copied == -Errno.EINVAL;
    return refused ? copyPieces(fromFd, from, toFd, to, length) : Errors.check(copied);
  }

  /**
   * Makes a range of the target read as zeros, and the target at least so long; or a part of it,
   * and the caller comes again. A byte is written at the end, because truncating to a greater
   * length might cut off what someone else has just written beyond; its block is given back.
   */
  private static long copyHole(int toFd, long to, long length) throws StorageException {
    long size = Node.statxOf(toFd).sizeBytes();
    if (to >= size) {
      FileBytes.zeroByte(toFd, to + length - 1);
      int punched = FileBytes.punch(toFd, to, length);
      if (punched != -Errno.EOPNOTSUPP) {
        Errors.check(punched);
      }
      return length;
    }
    long inside = Math.min(Math.min(length, size - to), CALL_BYTES_MAX);
    int punched = FileBytes.punch(toFd, to, inside);
    if (punched == -Errno.EOPNOTSUPP) {
      return writeZeros(toFd, to, inside);
    }
    Errors.check(punched);
    return inside;
  }

  private static long writeZeros(int toFd, long to, long length) throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment zeros = s.allocate(Math.min(length, PIECE_BYTES_MAX));
      zeros.fill((byte) 0);
      return Errors.check(DataCalls.pwrite(toFd, zeros, to));
    }
  }

  private static long copyPieces(int fromFd, long from, int toFd, long to, long length)
      throws StorageException {
    long done = 0;
    try (Scratch s = Scratch.open()) {
      MemorySegment buffer = s.allocate(PIECE_BYTES_MAX);
      for (int piece = 0; piece < PIECES_MAX && done < length; piece++) {
        long wanted = Math.min(PIECE_BYTES_MAX, length - done);
        long count = Errors.check(DataCalls.pread(fromFd, buffer.asSlice(0, wanted), from + done));
        if (count == 0) {
          return done;
        }
        long written = DataCalls.pwrite(toFd, buffer.asSlice(0, count), to + done);
        if (written < 0 && done > 0) {
          return done;
        }
        done += Errors.check(written);
        if (written < count) {
          return done;
        }
      }
    }
    return done;
  }
}
