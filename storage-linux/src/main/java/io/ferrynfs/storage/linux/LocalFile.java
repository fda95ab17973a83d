package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.PipeCalls;
import io.ferrynfs.storage.linux.call.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * An open local file. A regular file is read and written at any position; a pipe, terminal or
 * device is read sequentially. Thread-safe for a regular file, except for closing.
 */
public final class LocalFile implements AutoCloseable {
  private static final int COPY_BYTES = 64 << 10;

  private final Fd fd;
  private final byte[] name;
  private final LocalStat stat;

  LocalFile(Fd fd, byte[] name) throws IOException {
    this.fd = fd;
    this.name = name;
    this.stat = LocalObject.statOf(fd.number(), name);
  }

  /** Returns the attributes at the time of the open. */
  public LocalStat stat() {
    return stat;
  }

  /**
   * Returns whether the file has positions. Reads of another type continue where the last one
   * ended.
   */
  public boolean isRegular() {
    return stat.type() == LocalStat.REGULAR;
  }

  /**
   * Reads until the buffer is full or the file ends. A short read occurs only at the end.
   *
   * @param into the buffer
   * @param positionBytes the position in a regular file
   * @return the number of bytes read; -1 at the end
   * @throws IOException if the read fails
   */
  public int read(ByteBuffer into, long positionBytes) throws IOException {
    int wanted = into.remaining();
    int done = 0;
    while (done < wanted) {
      int count = readSome(into, positionBytes + done);
      if (count <= 0) {
        break;
      }
      done += count;
    }
    return done == 0 && wanted > 0 ? -1 : done;
  }

  /**
   * Reads as {@link #read} does, but returns the available bytes of a terminal or pipe immediately.
   *
   * @throws IOException if the read fails
   */
  public int readSome(ByteBuffer into, long positionBytes) throws IOException {
    int count = readOnce(into, positionBytes);
    return count == 0 && into.hasRemaining() ? -1 : count;
  }

  private int readOnce(ByteBuffer into, long positionBytes) throws IOException {
    long count;
    if (into.isDirect()) {
      count = transferRetrying(MemorySegment.ofBuffer(into), positionBytes, false);
      into.position(into.position() + (int) Math.max(0, count));
      return (int) LocalErrors.check(count, name);
    }
    try (Scratch s = Scratch.open()) {
      MemorySegment segment = s.allocate(Math.min(COPY_BYTES, into.remaining()));
      count = LocalErrors.check(transferRetrying(segment, positionBytes, false), name);
      into.put(segment.asSlice(0, count).asByteBuffer());
      return (int) count;
    }
  }

  /**
   * Writes the remaining bytes of a buffer.
   *
   * @throws IOException if the write fails
   */
  public void write(ByteBuffer from, long positionBytes) throws IOException {
    long position = positionBytes;
    while (from.hasRemaining()) {
      int count = writeSome(from, position);
      from.position(from.position() + count);
      position += count;
    }
  }

  private int writeSome(ByteBuffer from, long positionBytes) throws IOException {
    if (from.isDirect()) {
      return (int)
          LocalErrors.check(
              transferRetrying(MemorySegment.ofBuffer(from), positionBytes, true), name);
    }
    try (Scratch s = Scratch.open()) {
      int bytes = Math.min(COPY_BYTES, from.remaining());
      MemorySegment segment = s.allocate(bytes);
      MemorySegment.copy(
          MemorySegment.ofBuffer(from),
          ValueLayout.JAVA_BYTE,
          0,
          segment,
          ValueLayout.JAVA_BYTE,
          0,
          bytes);
      return (int) LocalErrors.check(transferRetrying(segment, positionBytes, true), name);
    }
  }

  private long transferRetrying(MemorySegment bytes, long positionBytes, boolean writing) {
    long count;
    do {
      if (isRegular()) {
        count =
            writing
                ? DataCalls.pwrite(fd.number(), bytes, positionBytes)
                : DataCalls.pread(fd.number(), bytes, positionBytes);
      } else {
        count = writing ? PipeCalls.write(fd.number(), bytes) : PipeCalls.read(fd.number(), bytes);
      }
    } while (count == -Errno.EINTR);
    return count;
  }

  /**
   * Returns the position in bytes of the first data at or after a position.
   *
   * @return {@code end} if there is none before it; the position itself if the file system cannot
   *     tell
   */
  public long nextData(long position, long end) {
    long found = DataCalls.lseek(fd.number(), position, Flags.SEEK_DATA);
    return found == -Errno.ENXIO ? end : Math.min(end, found < 0 ? position : found);
  }

  /**
   * Returns the position in bytes of the first hole at or after a position.
   *
   * @return {@code end} if there is none before it, or if the file system cannot tell
   */
  public long nextHole(long position, long end) {
    long found = DataCalls.lseek(fd.number(), position, Flags.SEEK_HOLE);
    return found < 0 ? end : Math.min(end, found);
  }

  /**
   * Truncates a regular file, or extends it by a hole.
   *
   * @throws IOException if the size cannot be set
   */
  public void setSize(long sizeBytes) throws IOException {
    if (isRegular()) {
      LocalErrors.check(DataCalls.ftruncate(fd.number(), sizeBytes), name);
    }
  }

  @Override
  public void close() {
    fd.release();
  }
}
