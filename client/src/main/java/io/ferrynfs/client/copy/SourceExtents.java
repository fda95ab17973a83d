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
 * Cuts a range of a file into pieces, data and holes, in order. Where data lies is asked by SEEK,
 * as late as it is needed, so the pieces known before are on their way meanwhile. Used by one at a
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
   * A range that begins at an offset of the file.
   *
   * @param start where the first piece begins, counted from the offset
   * @param count where the last one ends, likewise
   * @param dataBytesMax of one piece; holes are as long as they like
   * @param seeks whether the file may have holes and the server be asked for them
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
   * A part of the range.
   *
   * @param position from the range's offset
   */
  record Piece(long position, long length, boolean hole) {}

  /** Whether the server tells holes. It is found out that it does not by asking it. */
  boolean tellsHoles() {
    return seeks;
  }

  /** Whether the last piece has been given. */
  boolean isOver() {
    return over;
  }

  /** The next piece, null after the last. */
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

  /** A server without SEEK sends holes as zeros, and so does one whose SEEK fails. */
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
