package io.ferrynfs.storage;

import java.nio.ByteBuffer;

/**
 * Copies from one open file to another, of the same volume or of any two: data as it lies, holes as
 * holes. By the volume where that can, else through memory.
 *
 * <p>Used by one thread at a time.
 */
public final class SparseCopy {
  private static final int BUFFER_BYTES = 1 << 20;

  private final OpenFile source;
  private final OpenFile target;
  private boolean throughMemory;
  private long holeBytes;

  // Data of the source, as far as it is known. What is written into a hole meanwhile may be missed,
  // as with any copy of a file that changes.
  private long dataFrom;
  private long dataTo;

  /** The files stay the caller's. */
  public SparseCopy(OpenFile source, OpenFile target) {
    this.source = source;
    this.target = target;
  }

  /** How many of all bytes copied so far were holes. */
  public long holeBytes() {
    return holeBytes;
  }

  /**
   * Copies the beginning of a range: a hole, or data up to the next one. It may stop early for any
   * reason, so callers loop.
   *
   * @param lengthMax how much of a hole, at least 1
   * @param dataMax how much data, at least 1
   * @return bytes copied; 0 only if the source ends at or before the offset
   * @throws StorageException when not a byte was copied
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

  /** Whether an offset of the source, up to which was copied, is where a hole or data ends. */
  public boolean isAtEdge(long offset) {
    return offset >= dataTo;
  }

  /** Finds the next data and where it ends; -1 if the source ends before. */
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
