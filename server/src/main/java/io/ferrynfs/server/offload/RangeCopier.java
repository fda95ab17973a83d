package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.SparseCopy;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.TimeUnit;

/**
 * Copies a range of a file of this server to another.
 *
 * <p>First it tries to have the files share the whole range. Where they cannot, pieces are as large
 * as takes a fraction of a second: between two of them there is a look at the clock, a place to
 * stop, and another client's turn.
 */
public final class RangeCopier implements Copier {
  private static final long PIECE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long PIECE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PIECE_BYTES_MIN = 64 << 10;

  private final Ticker ticker;
  private final OpenFile source;
  private final OpenFile target;
  private final CopyRange range;
  private final SparseCopy sparse;
  private final CopyBytes bytesOfAll;
  private final long pieceBytesMax;
  private long pieceBytes;
  private boolean mayShare = true;
  private boolean shared;
  private volatile long copied;
  private volatile long holes;

  /**
   * A copy before its first piece.
   *
   * @param bytesOfAll counts what is copied
   * @param firstPieceBytes how large that is
   * @param pieceBytesMax how large any is
   */
  public RangeCopier(
      Ticker ticker,
      OpenFile source,
      OpenFile target,
      CopyRange range,
      CopyBytes bytesOfAll,
      long firstPieceBytes,
      long pieceBytesMax) {
    this.ticker = ticker;
    this.source = source;
    this.target = target;
    this.range = range;
    this.sparse = new SparseCopy(source, target);
    this.bytesOfAll = bytesOfAll;
    this.pieceBytes = Math.min(firstPieceBytes, pieceBytesMax);
    this.pieceBytesMax = pieceBytesMax;
  }

  @Override
  public long copied() {
    return copied;
  }

  @Override
  public boolean isComplete() {
    return copied == range.length();
  }

  @Override
  public long moved() {
    return shared ? 0 : copied - holes;
  }

  @Override
  public long step() throws StorageException {
    return step(pieceBytes);
  }

  @Override
  public long smallStep() throws StorageException {
    return step(PIECE_BYTES_MIN);
  }

  private long step(long wanted) throws StorageException {
    long done = copied;
    long left = range.length() - done;
    if (left == 0) {
      return 0;
    }
    if (mayShare && share()) {
      shared = true;
      copied = done + left;
      bytesOfAll.addShared(left);
      return left;
    }
    long start = ticker.nanoTime();
    long movedBefore = moved();
    long holesBefore = holes;
    long bytes = piece(Math.min(wanted, left), left, start);
    copied = done + bytes;
    holes = sparse.holeBytes();
    bytesOfAll.addHoles(holes - holesBefore);
    bytesOfAll.addMoved(moved() - movedBefore);
    fit(moved() - movedBefore, wanted, ticker.nanoTime() - start);
    return bytes;
  }

  private void fit(long bytes, long wanted, long nanos) {
    if (nanos > PIECE_NANOS_MAX) {
      pieceBytes = Math.min(pieceBytes, Math.max(pieceBytes / 2, PIECE_BYTES_MIN));
    } else if (nanos < PIECE_NANOS_MIN && bytes == wanted) {
      pieceBytes = pieceBytes > pieceBytesMax / 2 ? pieceBytesMax : pieceBytes * 2;
    }
  }

  /** Whether both files share the range now. Asked once, before the first piece. */
  private boolean share() throws StorageException {
    mayShare = false;
    try {
      target.cloneRange(source, range.sourceOffset(), range.targetOffset(), range.length());
      return true;
    } catch (StorageException e) {
      return switch (e.status()) {
        case CROSS_DEVICE, NOT_SUPPORTED, INVALID -> false;
        // Where all of it has no room a part may have, and the client is to hear how much.
        case NO_SPACE, QUOTA -> false;
        default -> throw e;
      };
    }
  }

  /**
   * Many small extents are one piece, so that a turn in the line is worth it. What fails after some
   * of them is met again by the next; and where the volume stops within one there is a reason.
   */
  private long piece(long length, long left, long start) throws StorageException {
    long holesBefore = sparse.holeBytes();
    long done = 0;
    long data = 0;
    boolean goesOn = true;
    while (goesOn) {
      long from = range.sourceOffset() + copied + done;
      long to = range.targetOffset() + copied + done;
      long bytes;
      try {
        // However long a hole is, it is one step.
        bytes = sparse.copy(from, to, left - done, length - data);
      } catch (StorageException e) {
        if (done == 0) {
          throw e;
        }
        return done;
      }
      done += bytes;
      data = done - (sparse.holeBytes() - holesBefore);
      boolean isTimeLeft = ticker.nanoTime() - start < PIECE_NANOS_MIN;
      goesOn =
          bytes > 0 && data < length && done < left && sparse.isAtEdge(from + bytes) && isTimeLeft;
    }
    return done;
  }
}
