package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.Scratch;
import io.ferrynfs.storage.linux.handle.Node;
import java.lang.foreign.MemorySegment;

/**
 * A copy between two descriptors that avoids user space: copy_file_range(2), which shares blocks on
 * XFS and btrfs and copies in the kernel elsewhere. It is called for the data of the source only.
 * Holes are created separately, because copy_file_range(2) fills them with zeros if it does not
 * share blocks, and it cannot tell in advance. If the kernel cannot copy, a bounded range is read
 * and written, and the caller repeats the call.
 *
 * <p>A COMMIT usually follows a copy. While a range is being copied, the writeback of the previous
 * range is therefore started, so that the disk is not idle until the end.
 */
public final class RangeCopy {
  /** Bounds one system call, which cannot be cancelled. */
  private static final long CALL_BYTES_MAX = 1L << 30;

  private static final long PART_BYTES = 16L << 20;

  private static final int PIECE_BYTES_MAX = 128 << 10;
  private static final int PIECES_MAX = 32;

  private RangeCopy() {}

  /**
   * Copies a range and returns the number of bytes copied; 0 only at the end of the source.
   *
   * @param sharesBlocks whether the kernel may share blocks and need not move bytes
   */
  public static long copy(
      int fromFd, long from, int toFd, long to, long length, boolean sharesBlocks)
      throws StorageException {
    long size = Node.statxOf(fromFd).sizeBytes();
    if (from >= size) {
      return 0;
    }
    long bytes = Math.min(length, CALL_BYTES_MAX);
    // The space that the file occupies does not tell whether it has holes: space may be reserved
    // beyond its end.
    long data = DataCalls.lseek(fromFd, from, Flags.SEEK_DATA);
    if (data == -Errno.ENXIO) {
      return copyHole(toFd, to, Math.min(length, size - from));
    }
    if (data > from) {
      return copyHole(toFd, to, Math.min(length, data - from));
    }
    long hole = DataCalls.lseek(fromFd, from, Flags.SEEK_HOLE);
    if (data == from && hole > from) {
      // If it cannot share blocks, the kernel moves bytes and would fill the holes.
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
        // The next call of the caller reports the error.
        return done;
      }
      if (copied == PART_BYTES) {
        // Ignores errors: the sync reports data that cannot be written.
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
    return refused ? copyPieces(fromFd, from, toFd, to, length) : ErrnoStatus.check(copied);
  }

  /**
   * Makes a range of the target, or its beginning, read as zeros, and extends the target if
   * necessary. The caller repeats the call for the rest. One byte is written at the end and its
   * block is freed, because truncating to a greater length could cut off what another writer has
   * just written beyond.
   */
  private static long copyHole(int toFd, long to, long length) throws StorageException {
    long size = Node.statxOf(toFd).sizeBytes();
    if (to >= size) {
      FileBytes.zeroByte(toFd, to + length - 1);
      int punched = FileBytes.punch(toFd, to, length);
      if (punched != -Errno.EOPNOTSUPP) {
        ErrnoStatus.check(punched);
      }
      return length;
    }
    long inside = Math.min(Math.min(length, size - to), CALL_BYTES_MAX);
    int punched = FileBytes.punch(toFd, to, inside);
    if (punched == -Errno.EOPNOTSUPP) {
      return writeZeros(toFd, to, inside);
    }
    ErrnoStatus.check(punched);
    return inside;
  }

  private static long writeZeros(int toFd, long to, long length) throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment zeros = s.allocate(Math.min(length, PIECE_BYTES_MAX));
      zeros.fill((byte) 0);
      return ErrnoStatus.check(DataCalls.pwrite(toFd, zeros, to));
    }
  }

  private static long copyPieces(int fromFd, long from, int toFd, long to, long length)
      throws StorageException {
    long done = 0;
    try (Scratch s = Scratch.open()) {
      MemorySegment buffer = s.allocate(PIECE_BYTES_MAX);
      for (int piece = 0; piece < PIECES_MAX && done < length; piece++) {
        long wanted = Math.min(PIECE_BYTES_MAX, length - done);
        long count =
            ErrnoStatus.check(DataCalls.pread(fromFd, buffer.asSlice(0, wanted), from + done));
        if (count == 0) {
          return done;
        }
        long written = DataCalls.pwrite(toFd, buffer.asSlice(0, count), to + done);
        if (written < 0 && done > 0) {
          return done;
        }
        done += ErrnoStatus.check(written);
        if (written < count) {
          return done;
        }
      }
    }
    return done;
  }
}
