package io.ferrynfs.storage;

import java.nio.ByteBuffer;

/**
 * A copy between two open files of the same volume or of different ones that preserves holes. It
 * uses {@link OpenFile#copyRange} if the volume supports that, and copies through memory otherwise.
 *
 * <p>One thread at a time uses a copy.
 */
public final class SparseCopy {
  private static final int BUFFER_BYTES = 1 << 20;

  private final OpenFile source;
  private final OpenFile target;
  private boolean throughMemory;
  private long holeBytes;

  // The known data range of the source. A concurrent write into a hole may be missed, as in any
  // copy of a file that changes.
  private long dataFrom;
  private long dataTo;

  /** Creates a copy. The caller remains responsible for closing both files. */
  public SparseCopy(OpenFile source, OpenFile target) {
    this.source = source;
    this.target = target;
  }

  /** Returns how many of the bytes copied so far were holes. */
  public long holeBytes() {
    return holeBytes;
  }

  /**
   * Copies the beginning of a range: a hole, or data up to the next hole. The copy may be short for
   * any reason, so callers loop.
   *
   * @param from offset in the source
   * @param to offset in the target
   * @param lengthMax the maximum number of bytes of a hole, at least 1
   * @param dataMax the maximum number of bytes of data, at least 1
   * @return the number of bytes copied; 0 only if the source ends at or before the offset
   * @throws StorageException if no byte was copied
   */
  public long copy(long from, long to, long lengthMax, long dataMax) throws StorageException {
    if (from < dataFrom || from >= dataTo) {
      long data = nextData(from);
      if (data < 0) {
        return 0;
      }
      if (data > from) {
        long hole = Holes.make(target, to, Math.min(lengthMax, data - from));
        holeBytes += hole;
        return hole;
      }
    }
    return data(from, to, Math.min(Math.min(lengthMax, dataMax), dataTo - from));
  }

  /**
   * Returns whether the copied data up to an offset of the source ends at a boundary between a hole
   * and data.
   */
  public boolean isAtEdge(long offset) {
    return offset >= dataTo;
  }

  /** Finds the next data range and returns its offset; returns -1 if the source ends before it. */
  private long nextData(long from) throws StorageException {
    long data;
    try {
      data = source.seekData(from);
      dataFrom = data;
      dataTo = data == from ? source.seekHole(from) : data;
      return data;
    } catch (StorageException e) {
      if (e.status() == Status.NO_DATA && from >= source.size()) {
        return -1;
      }
      throw e;
    }
  }

  private long data(long from, long to, long length) throws StorageException {
    if (!throughMemory) {
      try {
        return target.copyRange(source, from, to, length);
      } catch (StorageException e) {
        if (e.status() != Status.CROSS_DEVICE && e.status() != Status.NOT_SUPPORTED) {
          throw e;
        }
        throughMemory = true;
      }
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, BUFFER_BYTES));
    source.read(buffer, from);
    buffer.flip();
    return buffer.hasRemaining() ? target.write(buffer, to) : 0;
  }
}
