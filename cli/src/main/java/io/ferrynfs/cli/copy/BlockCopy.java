package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Reads blocks of one file and writes them to another, several of each in flight, in a fixed number
 * of buffers. Holes that the source knows are not read, and a block of zeros is not written, so
 * that holes stay holes.
 */
final class BlockCopy {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int FOLLOWING_BYTES = 256 << 10;

  private record Reading(ByteBuffer buffer, long positionBytes, Future<Integer> done) {}

  private record Writing(ByteBuffer buffer, Future<Void> done) {}

  private final int window;
  private final Deque<ByteBuffer> free = new ArrayDeque<>();
  private final Deque<Reading> reads = new ArrayDeque<>();
  private final Deque<Writing> writes = new ArrayDeque<>();
  private int buffers;
  private long readBytes;

  /**
   * @param window the reads and the writes in flight at most, each
   */
  BlockCopy(int window) {
    this.window = window;
  }

  /** The bytes that have been read, which are those of the file without its holes. */
  long readBytes() {
    return readBytes;
  }

  /**
   * Copies up to {@code sizeBytes}, and what a source has beyond, if it may go on; a source that
   * ends earlier ends the copy.
   *
   * @param progress told the bytes that are done, holes included
   * @return the bytes of the destination
   */
  long copy(BlockSource source, BlockSink sink, long sizeBytes, LongConsumer progress)
      throws IOException {
    try {
      long end = pump(source, sink, sizeBytes, progress);
      if (source.mayGoOn()) {
        end = follow(source, sink, end, progress);
      }
      sink.finish(end);
      return end;
    } finally {
      drain();
    }
  }

  /**
   * Copies to a sink that takes bytes only one after the other, such as a pipe: holes are zeros
   * there.
   *
   * @return the bytes that the sink has taken
   */
  long copyInOrder(BlockSource source, BlockSink sink, long sizeBytes, LongConsumer progress)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(FOLLOWING_BYTES);
    long end = 0;
    while (end < sizeBytes || source.mayGoOn()) {
      buffer.clear();
      if (!source.mayGoOn()) {
        buffer.limit((int) Math.min(FOLLOWING_BYTES, sizeBytes - end));
      }
      int count = Waiting.on(source.read(buffer, end));
      if (count <= 0) {
        break;
      }
      Waiting.on(sink.write(buffer.position(0).limit(count), end));
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
            // There is something to do until it is known.
            break;
          }
          extent = Waiting.on(ahead);
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
      int count = Waiting.on(read.done());
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

  /** Reads on, block by block, until the source says that it has ended. */
  private long follow(BlockSource source, BlockSink sink, long fromBytes, LongConsumer progress)
      throws IOException {
    // The buffers so far may be as small as the file said it was.
    ByteBuffer buffer = ByteBuffer.allocate(FOLLOWING_BYTES);
    long end = fromBytes;
    while (true) {
      int count = Waiting.on(source.read(buffer.clear(), end));
      if (count <= 0) {
        return end;
      }
      Waiting.on(sink.write(buffer.position(0).limit(count), end));
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
    Waiting.on(write.done());
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
    // A small file does not pay for a large buffer.
    return wantedBytes >= BLOCK_BYTES
        ? ByteBuffer.allocateDirect(BLOCK_BYTES)
        : ByteBuffer.allocate((int) wantedBytes);
  }

  /** Whatever happened, no call may still write to a buffer when this returns. */
  private void drain() {
    reads.forEach(read -> settle(read.done()));
    writes.forEach(write -> settle(write.done()));
    reads.clear();
    writes.clear();
  }

  private static void settle(Future<?> future) {
    try {
      Waiting.on(future);
    } catch (IOException alreadyReported) {
      // The first error is the one that the caller is told.
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
