package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Copies blocks from one file to another with several reads and writes in flight, in a fixed number
 * of buffers. Holes that the source reports are not read, and blocks of zeros are not written, so
 * holes are preserved.
 */
final class BlockCopy {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int TAIL_BLOCK_BYTES = 256 << 10;

  private record Reading(ByteBuffer buffer, long positionBytes, Future<Integer> done) {}

  private record Writing(ByteBuffer buffer, Future<Void> done) {}

  private final int window;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();
  private final Deque<Reading> reads = new ArrayDeque<>();
  private final Deque<Writing> writes = new ArrayDeque<>();
  private int buffers;
  private long readBytes;

  /**
   * Creates a copy.
   *
   * @param window the maximum number of reads, and of writes, in flight
   */
  BlockCopy(int window) {
    this.window = window;
  }

  /** Returns the number of bytes read, which excludes holes. */
  long readBytes() {
    return readBytes;
  }

  /**
   * Copies {@code sizeBytes}, and any bytes beyond if the source may exceed its size. If the source
   * ends earlier, the copy ends there.
   *
   * @param progress receives the position reached, holes included
   * @return the size of the destination
   */
  long copy(BlockSource source, BlockSink sink, long sizeBytes, LongConsumer progress)
      throws IOException {
    try {
      long end = pump(source, sink, sizeBytes, progress);
      if (source.mayExceedSize()) {
        end = copyTail(source, sink, end, progress);
      }
      sink.finish(end);
      return end;
    } finally {
      drain();
    }
  }

  /**
   * Copies to a sink that accepts bytes in order only, such as a pipe. Holes become zeros.
   *
   * @return the number of bytes written
   */
  long copyInOrder(BlockSource source, BlockSink sink, long sizeBytes, LongConsumer progress)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(TAIL_BLOCK_BYTES);
    long end = 0;
    while (end < sizeBytes || source.mayExceedSize()) {
      buffer.clear();
      if (!source.mayExceedSize()) {
        buffer.limit((int) Math.min(TAIL_BLOCK_BYTES, sizeBytes - end));
      }
      int count = FutureResult.get(source.read(buffer, end));
      if (count <= 0) {
        break;
      }
      FutureResult.get(sink.write(buffer.position(0).limit(count), end));
      end += count;
      readBytes += count;
      progress.accept(end);
    }
    return end;
  }

  private long pump(BlockSource source, BlockSink sink, long sizeBytes, LongConsumer progress)
      throws IOException {
    Extent extent = new Extent(0, 0);
    Future<Extent> ahead = source.nextData(0, sizeBytes);
    long next = 0;
    long end = sizeBytes;
    while (true) {
      while (next < end && reads.size() < window) {
        if (next >= extent.endBytes()) {
          if (!ahead.isDone() && !reads.isEmpty()) {
            // Complete a read while the extent is not yet known.
            break;
          }
          extent = FutureResult.get(ahead);
          next = Math.max(next, extent.startBytes());
          ahead = source.nextData(extent.endBytes(), end);
        } else {
          next += startRead(source, next, Math.min(end, extent.endBytes()), end);
        }
      }
      Reading read = reads.pollFirst();
      if (read == null) {
        break;
      }
      int count = FutureResult.get(read.done());
      if (count < read.buffer().limit()) {
        end = Math.min(end, read.positionBytes() + Math.max(0, count));
      }
      if (count > 0) {
        readBytes += count;
        store(sink, read, count);
        progress.accept(read.positionBytes() + count);
      } else {
        free.addLast(read.buffer());
      }
    }
    while (!writes.isEmpty()) {
      finishWrite();
    }
    return end;
  }

  /** Reads blocks until the source ends. */
  private long copyTail(BlockSource source, BlockSink sink, long fromBytes, LongConsumer progress)
      throws IOException {
    // The buffers for the known size may be too small, because the file may have reported size 0.
    ByteBuffer buffer = ByteBuffer.allocate(TAIL_BLOCK_BYTES);
    long end = fromBytes;
    while (true) {
      int count = FutureResult.get(source.read(buffer.clear(), end));
      if (count <= 0) {
        return end;
      }
      FutureResult.get(sink.write(buffer.position(0).limit(count), end));
      end += count;
      readBytes += count;
      progress.accept(end);
    }
  }

  private int startRead(BlockSource source, long positionBytes, long endBytes, long fileBytes)
      throws IOException {
    ByteBuffer buffer = takeBuffer(fileBytes - positionBytes);
    int count = (int) Math.min(buffer.capacity(), endBytes - positionBytes);
    buffer.clear().limit(count);
    reads.addLast(new Reading(buffer, positionBytes, source.read(buffer, positionBytes)));
    return count;
  }

  private void store(BlockSink sink, Reading read, int count) throws IOException {
    ByteBuffer data = read.buffer().position(0).limit(count);
    if (isZero(data)) {
      free.addLast(data);
      return;
    }
    writes.addLast(new Writing(data, sink.write(data, read.positionBytes())));
    if (writes.size() >= window) {
      finishWrite();
    }
  }

  private void finishWrite() throws IOException {
    Writing write = writes.removeFirst();
    FutureResult.get(write.done());
    free.addLast(write.buffer());
  }

  private ByteBuffer takeBuffer(long wantedBytes) throws IOException {
    ByteBuffer buffer = free.pollFirst();
    if (buffer != null) {
      return buffer;
    }
    if (buffers >= 2 * window) {
      finishWrite();
      return takeBuffer(wantedBytes);
    }
    buffers++;
    // A large direct buffer is too expensive for a small file.
    return wantedBytes >= BLOCK_BYTES
        ? ByteBuffer.allocateDirect(BLOCK_BYTES)
        : ByteBuffer.allocate((int) wantedBytes);
  }

  /** Waits until no call uses a buffer. */
  private void drain() {
    reads.forEach(read -> settle(read.done()));
    writes.forEach(write -> settle(write.done()));
    reads.clear();
    writes.clear();
  }

  private static void settle(Future<?> future) {
    try {
      FutureResult.get(future);
    } catch (IOException alreadyReported) {
      // Only the first error is reported.
    }
  }

  private static boolean isZero(ByteBuffer data) {
    int i = data.position();
    int end = data.limit();
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      if (data.getLong(i) != 0) {
        return false;
      }
    }
    for (; i < end; i++) {
      if (data.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
