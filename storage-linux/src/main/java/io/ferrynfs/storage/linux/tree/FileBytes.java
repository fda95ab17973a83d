package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.Scratch;
import io.ferrynfs.storage.linux.handle.Node;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Transfers of bytes between buffers and descriptors. The kernel uses direct buffers in place. Heap
 * buffers are copied through the scratch memory of the thread because the garbage collector may
 * move them.
 */
public final class FileBytes {
  private static final int BOUNCE_BYTES = 64 << 10;

  /** IOV_MAX of the kernel. */
  private static final int PIECES_MAX = 1024;

  private FileBytes() {}

  /** Reads until the buffer is full or the file ends. */
  public static int read(int fd, ByteBuffer target, long position) throws StorageException {
    if (position > Long.MAX_VALUE - target.remaining()) {
      // The kernel rejects a range that ends beyond the maximum offset; no file has data there.
      return 0;
    }
    int start = target.position();
    while (target.hasRemaining()) {
      long at = position + target.position() - start;
      int count = target.isDirect() ? readDirect(fd, target, at) : readHeap(fd, target, at);
      if (count == 0) {
        break;
      }
    }
    return target.position() - start;
  }

  private static int readDirect(int fd, ByteBuffer target, long position) throws StorageException {
    int count =
        (int) ErrnoStatus.check(DataCalls.pread(fd, MemorySegment.ofBuffer(target), position));
    target.position(target.position() + count);
    return count;
  }

  private static int readHeap(int fd, ByteBuffer target, long position) throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment bounce = s.allocate(Math.min(BOUNCE_BYTES, target.remaining()));
      int count = (int) ErrnoStatus.check(DataCalls.pread(fd, bounce, position));
      MemorySegment.copy(bounce, 0, MemorySegment.ofBuffer(target), 0, count);
      target.position(target.position() + count);
      return count;
    }
  }

  /** Writes until the buffer is empty. A short write occurs only if an error follows some bytes. */
  public static int write(int fd, ByteBuffer source, long position) throws StorageException {
    int start = source.position();
    while (source.hasRemaining()) {
      int done = source.position() - start;
      long count =
          source.isDirect()
              ? DataCalls.pwrite(fd, MemorySegment.ofBuffer(source), position + done)
              : writeHeap(fd, source, position + done);
      if (count < 0 && done > 0) {
        return done;
      }
      source.position(source.position() + (int) ErrnoStatus.check(count));
    }
    return source.position() - start;
  }

  private static long writeHeap(int fd, ByteBuffer source, long position) {
    try (Scratch s = Scratch.open()) {
      MemorySegment bounce = s.allocate(Math.min(BOUNCE_BYTES, source.remaining()));
      MemorySegment.copy(MemorySegment.ofBuffer(source), 0, bounce, 0, bounce.byteSize());
      return DataCalls.pwrite(fd, bounce, position);
    }
  }

  /** Writes direct buffers in sequence, with as few calls as possible. */
  public static long gather(int fd, List<ByteBuffer> sources, long position)
      throws StorageException {
    long written = 0;
    int next = 0;
    MemorySegment[] pieces = new MemorySegment[Math.min(PIECES_MAX, sources.size())];
    while (true) {
      while (next < sources.size() && !sources.get(next).hasRemaining()) {
        next++;
      }
      if (next == sources.size()) {
        return written;
      }
      int count = Math.min(pieces.length, sources.size() - next);
      for (int i = 0; i < count; i++) {
        pieces[i] = MemorySegment.ofBuffer(sources.get(next + i));
      }
      long result = DataCalls.pwritev(fd, pieces, count, position + written);
      if (result < 0 && written > 0) {
        return written;
      }
      ErrnoStatus.check(result);
      written += result;
      advance(sources, next, result);
    }
  }

  private static void advance(List<ByteBuffer> sources, int first, long bytes) {
    long left = bytes;
    for (int i = first; left > 0; i++) {
      ByteBuffer source = sources.get(i);
      int taken = (int) Math.min(left, source.remaining());
      source.position(source.position() + taken);
      left -= taken;
    }
  }

  /**
   * Fails with NO_SPACE if a reservation cannot succeed. The kernel would notice only after filling
   * the disk, and ext4 would keep the space that it had reserved.
   */
  public static void checkRoom(int fd, long length) throws StorageException {
    AttributeCalls.Space space = AttributeCalls.statvfs(fd);
    if (space != null && length - Node.statxOf(fd).blocks512() * 512 > space.availableBytes()) {
      throw new StorageException(Status.NO_SPACE);
    }
  }

  public static int punch(int fd, long offset, long length) {
    return DataCalls.fallocate(
        fd, Flags.FALLOC_FL_PUNCH_HOLE | Flags.FALLOC_FL_KEEP_SIZE, offset, length);
  }

  /** Writes one zero byte, so that the file has at least this length. */
  public static void zeroByte(int fd, long offset) throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment zero = s.allocate(1);
      zero.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
      ErrnoStatus.check(DataCalls.pwrite(fd, zero, offset));
    }
  }
}
