package io.ferrynfs.client.file;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file sequentially from a position to its end, with several READs in flight ahead of the
 * reader. Not safe for use by several threads.
 */
public final class ReadAhead {

  private final RemoteOpenFile file;
  private final StreamBuffers buffers;
  private final int window;
  private final int chunk;
  private final Deque<CompletableFuture<ByteBuffer>> ahead = new ArrayDeque<>();
  private final long knownEnd;
  private long next;

  /** The position up to which the reader has received data. */
  private final AtomicLong delivered;

  private volatile boolean endSeen;

  /**
   * Starts to read.
   *
   * @param sizeBytes the known size; beyond it, one READ at a time is sent
   */
  public ReadAhead(RemoteOpenFile file, StreamBuffers buffers, long position, long sizeBytes) {
    TransferSizes transfer = file.files().limits().transfer();
    this.file = file;
    this.buffers = buffers;
    this.window = transfer.window();
    this.chunk = transfer.readBytes();
    this.next = position;
    this.delivered = new AtomicLong(position);
    this.knownEnd = sizeBytes;
    fill();
  }

  /**
   * Returns the next bytes, which the reader passes to {@link #release}; null at the end of the
   * file.
   */
  public CompletableFuture<@Nullable ByteBuffer> next() {
    if (ahead.isEmpty()) {
      if (endSeen) {
        return atEnd();
      }
      read(chunk);
    }
    return ahead
        .removeFirst()
        .thenCompose(buffer -> {
          if (buffer.hasRemaining()) {
            delivered.addAndGet(buffer.remaining());
            return CompletableFuture.completedFuture(buffer);
          }
          return atEnd();
        });
  }

  /** Checks that an end before the known size agrees with the current size. */
  private CompletableFuture<@Nullable ByteBuffer> atEnd() {
    if (delivered.get() >= knownEnd) {
      return CompletableFuture.completedFuture(null);
    }
    return file.attributes()
        .thenCompose(now ->
            now.sizeBytes() > delivered.get()
                ? CompletableFuture.failedFuture(FileAttributes.endsEarly(delivered.get(), now))
                : CompletableFuture.completedFuture(null));
  }

  /** Returns a buffer and reads further ahead. */
  public void release(ByteBuffer buffer) {
    buffers.give(buffer);
    fill();
  }

  private void fill() {
    while (ahead.size() < window && !endSeen && next < knownEnd) {
      read(Math.min(chunk, knownEnd - next));
    }
  }

  private void read(long bytes) {
    ByteBuffer buffer = buffers.take(bytes);
    int requested = buffer.remaining();
    ahead.addLast(
        ChunkedIo.readFully(file.space()::fetch, buffer.slice(), next)
            .thenApply(result -> {
              if (result.eof()) {
                endSeen = true;
              }
              return buffer.limit(result.bytes());
            }));
    next += requested;
  }

  /** Completes when no READ is in flight, so that the file can be closed. */
  public CompletableFuture<Void> close() {
    endSeen = true;
    CompletableFuture<Void> all =
        CompletableFuture.allOf(ahead.toArray(CompletableFuture[]::new)).exceptionally(e -> null);
    ahead.clear();
    return all;
  }
}
