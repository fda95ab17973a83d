package io.ferrynfs.storage.linux.call;

import io.ferrynfs.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The entries of a directory from a position, as returned by getdents64(2), without {@code .} and
 * {@code ..}. {@link #next} moves to the next entry, which the other methods then describe.
 *
 * <p>The first read is small because a reader over the network takes about a hundred entries of a
 * page and discards the rest.
 */
public final class DirectoryScan implements AutoCloseable {
  private static final int FIRST_BYTES = 8 << 10;
  private static final int NEXT_BYTES = 64 << 10;
  private static final int HEADER_BYTES = 19;

  private final Arena arena = Arena.ofConfined();
  private final int fd;
  private MemorySegment buffer;
  private long filled;
  private long next;
  private long entry;

  private DirectoryScan(int fd) {
    this.fd = fd;
    this.buffer = arena.allocate(FIRST_BYTES, 8);
  }

  /**
   * Opens the directory of an O_PATH descriptor for reading.
   *
   * @param position where to start: 0, or an {@link #offset}
   * @throws StorageException INVALID if the filesystem rejects the position
   */
  public static DirectoryScan open(int pathFd, long position) throws StorageException {
    int fd =
        ErrnoStatus.check(
            OpenCalls.reopen(pathFd, Flags.O_RDONLY | Flags.O_DIRECTORY | Flags.O_NONBLOCK));
    try {
      if (position != 0) {
        ErrnoStatus.check(DataCalls.lseek(fd, position, Flags.SEEK_SET));
      }
      return new DirectoryScan(fd);
    } catch (StorageException | RuntimeException | Error e) {
      OpenCalls.close(fd);
      throw e;
    }
  }

  /** Moves to the next entry; returns false at the end. */
  public boolean next() throws StorageException {
    do {
      if (next == filled && !fill()) {
        return false;
      }
      entry = next;
      next += Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, entry + 16));
    } while (isDots());
    return true;
  }

  private boolean fill() throws StorageException {
    if (filled != 0 && buffer.byteSize() == FIRST_BYTES) {
      buffer = arena.allocate(NEXT_BYTES, 8);
    }
    filled = ErrnoStatus.check(NameCalls.getdents64(fd, buffer));
    next = 0;
    return filled > 0;
  }

  private boolean isDots() {
    long name = entry + HEADER_BYTES;
    if (byteAt(name) != '.') {
      return false;
    }
    return byteAt(name + 1) == 0 || (byteAt(name + 1) == '.' && byteAt(name + 2) == 0);
  }

  private byte byteAt(long offset) {
    return buffer.get(ValueLayout.JAVA_BYTE, offset);
  }

  public long inode() {
    return buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, entry);
  }

  /** Returns the position after this entry. */
  public long offset() {
    return buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, entry + 8);
  }

  /**
   * Returns whether this entry is a directory, or may be one because the filesystem does not report
   * the type.
   */
  public boolean mayBeDirectory() {
    byte type = byteAt(entry + 18);
    return type == 0 || type == Flags.S_IFDIR >> 12;
  }

  public byte[] name() {
    long start = entry + HEADER_BYTES;
    long end = start;
    while (byteAt(end) != 0) {
      end++;
    }
    return buffer.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public void close() {
    arena.close();
    OpenCalls.close(fd);
  }
}
