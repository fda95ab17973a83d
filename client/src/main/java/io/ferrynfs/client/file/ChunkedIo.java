package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Reads and writes of any length, split into concurrent calls of the server's size. */
public final class ChunkedIo {

  private ChunkedIo() {}

  /**
   * Reads until the buffer is full or the file ends. The buffer's position stays.
   *
   * @return the bytes read
   */
  public static CompletableFuture<ReadResult> read(
      RemoteOpenFile file, ByteBuffer into, long offset) {
    int chunk = file.files().limits().transfer().readBytes();
    ByteBuffer room = into.slice();
    int total = room.remaining();
    if (total <= chunk) {
      return readFully(file.space()::fetch, room, offset, 0);
    }
    int count = Math.ceilDiv(total, chunk);
    int[] got = new int[count];
    Chunks chunks = new Chunks(count);
    return TaskWindow.run(
            file.files().limits().transfer().window(),
            () -> {
              int i = chunks.next();
              if (i < 0) {
                return null;
              }
              int start = i * chunk;
              ByteBuffer part = room.slice(start, Math.min(chunk, total - start));
              return readFully(file.space()::fetch, part, offset + start, 0)
                  .thenAccept(result -> {
                    got[i] = result.bytes();
                    if (result.eof()) {
                      chunks.endAfter(i);
                    }
                  });
            })
        .thenApply(done -> contiguous(got, chunk, total));
  }

  private static ReadResult contiguous(int[] got, int chunk, int total) {
    int bytes = 0;
    for (int i = 0; i < got.length; i++) {
      bytes += got[i];
      if (got[i] < Math.min(chunk, total - i * chunk)) {
        return new ReadResult(bytes, true);
      }
    }
    return new ReadResult(bytes, false);
  }

  /** {@link FileSpace#fetch} or {@link RemoteOpenFile#read}. */
  @FunctionalInterface
  public interface Reading {
    /** Reads into the buffer's room; may return less than fits. */
    CompletableFuture<ReadResult> read(ByteBuffer room, long offset);
  }

  /** Repeats a read until the room is full or the file ends. */
  public static CompletableFuture<ReadResult> readFully(
      Reading reading, ByteBuffer room, long offset) {
    return readFully(reading, room, offset, 0);
  }

  private static CompletableFuture<ReadResult> readFully(
      Reading reading, ByteBuffer room, long offset, int before) {
    if (!room.hasRemaining()) {
      return CompletableFuture.completedFuture(new ReadResult(before, false));
    }
    return reading
        .read(room, offset)
        .thenCompose(result -> {
          int sofar = before + result.bytes();
          if (result.eof() || result.bytes() == room.remaining()) {
            return CompletableFuture.completedFuture(new ReadResult(sofar, result.eof()));
          }
          ByteBuffer rest = room.slice(result.bytes(), room.remaining() - result.bytes());
          return readFully(reading, rest, offset + result.bytes(), sofar);
        });
  }

  /** Writes the remaining bytes, not durably. The buffer's position does not change. */
  public static CompletableFuture<Void> write(RemoteOpenFile file, ByteBuffer from, long offset) {
    int chunk = file.files().limits().transfer().writeBytes();
    ByteBuffer data = from.slice();
    int total = data.remaining();
    if (total <= chunk) {
      return writeFully(file, data, offset);
    }
    Chunks chunks = new Chunks(Math.ceilDiv(total, chunk));
    return TaskWindow.run(
        file.files().limits().transfer().window(),
        () -> {
          int i = chunks.next();
          if (i < 0) {
            return null;
          }
          int start = i * chunk;
          return writeFully(
              file, data.slice(start, Math.min(chunk, total - start)), offset + start);
        });
  }

  private static CompletableFuture<Void> writeFully(
      RemoteOpenFile file, ByteBuffer data, long offset) {
    if (!data.hasRemaining()) {
      return CompletableFuture.completedFuture(null);
    }
    return file.write(data, offset, false)
        .thenCompose(result -> {
          file.note(result);
          ByteBuffer rest = data.slice(result.bytes(), data.remaining() - result.bytes());
          return writeFully(file, rest, offset + result.bytes());
        });
  }

  /** The numbers of the chunks, up to the last one or the one at which the file ends. */
  private static final class Chunks {
    @GuardedBy("this")
    private int next;

    @GuardedBy("this")
    private int end;

    Chunks(int count) {
      this.end = count;
    }

    synchronized int next() {
      return next < end ? next++ : -1;
    }

    synchronized void endAfter(int index) {
      end = Math.min(end, index + 1);
    }
  }
}
