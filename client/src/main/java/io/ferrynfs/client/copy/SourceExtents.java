package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Splits a range of a file into pieces of data and holes, in order. SEEK finds the data when the
 * next piece is requested, so earlier pieces are being copied in the meantime. For one thread at a
 * time.
 */
final class SourceExtents {

  private final RemoteOpenFile file;
  private final long offset;
  private final long count;
  private final int dataBytesMax;
  private long position;
  private long dataEnd;
  private boolean atData;
  private volatile boolean seeks;
  private volatile boolean over;

  /**
   * Creates the pieces of a range that starts at an offset of the file.
   *
   * @param start the start of the first piece, relative to the offset
   * @param count the end of the last piece, relative to the offset
   * @param dataBytesMax the maximum length of a piece of data; holes have none
   * @param seeks whether the file may have holes and the server supports SEEK
   */
  SourceExtents(
      RemoteOpenFile file, long offset, long start, long count, int dataBytesMax, boolean seeks) {
    this.file = file;
    this.offset = offset;
    this.position = start;
    this.count = count;
    this.dataBytesMax = dataBytesMax;
    this.seeks = seeks;
    this.dataEnd = seeks ? start : count;
  }

  /**
   * A piece of the range.
   *
   * @param position relative to the offset of the range
   */
  record Piece(long position, long length, boolean hole) {}

  /** Returns whether SEEK finds the holes, as far as is known. */
  boolean tellsHoles() {
    return seeks;
  }

  /** Returns whether the last piece was returned. */
  boolean isOver() {
    return over;
  }

  /** Returns the next piece, null after the last one. */
  CompletableFuture<@Nullable Piece> next() {
    if (position >= count) {
      over = true;
      return CompletableFuture.completedFuture(null);
    }
    if (position < dataEnd) {
      return CompletableFuture.completedFuture(data());
    }
    return Futures.recover(atData ? dataFromHere() : seek(), this::withoutSeek);
  }

  private Piece data() {
    long length = Math.min(dataBytesMax, dataEnd - position);
    Piece piece = new Piece(position, length, false);
    position += length;
    return piece;
  }

  private CompletableFuture<@Nullable Piece> seek() {
    return file.space()
        .seek(offset + position, DataContent4.NFS4_CONTENT_DATA)
        .thenCompose(found -> {
          long data = found < 0 ? count : Math.min(count, found - offset);
          if (data > position) {
            Piece hole = new Piece(position, data - position, true);
            position = data;
            atData = true;
            return CompletableFuture.completedFuture(hole);
          }
          return dataFromHere();
        });
  }

  private CompletableFuture<@Nullable Piece> dataFromHere() {
    atData = false;
    return file.space()
        .seek(offset + position, DataContent4.NFS4_CONTENT_HOLE)
        .thenApply(hole -> Futures.get(() -> dataUntil(hole)));
  }

  private Piece dataUntil(long hole) throws CallException {
    long end = hole < 0 ? count : Math.min(count, hole - offset);
    if (end <= position) {
      throw CallException.of(Kind.PROTOCOL, "SEEK found a hole before the data");
    }
    dataEnd = end;
    return data();
  }

  /** Treats the rest of the range as data, because SEEK failed. */
  private CompletableFuture<@Nullable Piece> withoutSeek(Throwable failure) {
    CallException call = CallFailures.call(failure);
    if (call.operation() != NfsOpnum4.OP_SEEK) {
      return CompletableFuture.failedFuture(call);
    }
    file.lacks(NfsOpnum4.OP_SEEK, call);
    seeks = false;
    dataEnd = count;
    return CompletableFuture.completedFuture(data());
  }
}
