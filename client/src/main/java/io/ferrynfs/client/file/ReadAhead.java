package io.ferrynfs.client.file;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file from a position to its end, in order, with several READs in flight ahead of the
 * reader. For one thread.
 */
public final class ReadAhead {

  private final RemoteOpenFile file;
  private final StreamBuffers buffers;
  private final int window;
  private final int chunk;
  private final Deque<CompletableFuture<ByteBuffer>> ahead = new ArrayDeque<>();
  private final long knownEnd;
  private long next;

  /** Up to where the reader has been given the file. */
  private final AtomicLong given;

  private volatile boolean endSeen;

  /**
   * Begins to read.
   *
   * @param sizeBytes the file's size as known: beyond it only one READ at a time asks for more
   */
  public ReadAhead(RemoteOpenFile file, StreamBuffers buffers, long position, long sizeBytes) {
    TransferSizes transfer = file.files().limits().transfer();
    this.file = file;
    this.buffers = buffers;
    this.window = transfer.window();
    this.chunk = transfer.readBytes();
    this.next = position;
    this.given = new AtomicLong(position);
    this.knownEnd = sizeBytes;
    fill();
  }

  /** The next bytes, for {@link #release} when done with; null at the end of the file. */
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
            given.addAndGet(buffer.remaining());
            return CompletableFuture.completedFuture(buffer);
          }
          return atEnd();
        });
  }

  /** The end, which has to be where the file's size says if it comes before it was expected. */
  private CompletableFuture<@Nullable ByteBuffer> atEnd() {
    if (given.get() >= knownEnd) {
      return CompletableFuture.completedFuture(null);
    }
    return file.attributes()
        .thenCompose(now ->
            now.sizeBytes() > given.get()
                ? CompletableFuture.failedFuture(FileAttributes.endsEarly(given.get(), now))
                : CompletableFuture.completedFuture(null));
  }

  /** Gives a buffer back and reads further ahead. */
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
    int asked = buffer.remaining();
    ahead.addLast(
        ChunkedIo.readFully(file.space()::fetch, buffer.slice(), next)
            .thenApply(result -> {
              if (result.eof()) {
                endSeen = true;
              }
              return buffer.limit(result.bytes());
            }));
    next += asked;
  }

  /** Waits for what is in flight, so that the file can be closed. */
  public CompletableFuture<Void> close() {
    endSeen = true;
    CompletableFuture<Void> all =
        CompletableFuture.allOf(ahead.toArray(CompletableFuture[]::new)).exceptionally(e -> null);
    ahead.clear();
    return all;
  }
}
