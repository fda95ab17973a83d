package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.SparseCopy;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.TimeUnit;

/**
 * A copier of a range between two files of this server.
 *
 * <p>It first tries to share the blocks of the whole range. If the files cannot share them, it
 * copies pieces whose size takes a fraction of a second. Between two pieces it can be stopped and
 * other clients take their turn.
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
   * Creates a copier before its first piece.
   *
   * @param bytesOfAll counts the copied bytes
   * @param firstPieceBytes the size of the first piece in bytes
   * @param pieceBytesMax the maximum size of a piece in bytes
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

  /**
   * Shares the blocks of the range if the volume can. It is called once, before the first piece.
   */
  private boolean share() throws StorageException {
    mayShare = false;
    try {
      target.cloneRange(source, range.sourceOffset(), range.targetOffset(), range.length());
      return true;
    } catch (StorageException e) {
      return switch (e.status()) {
        case CROSS_DEVICE, NOT_SUPPORTED, INVALID -> false;
        // A part may fit where the whole range does not, and the client must receive the number of
        // bytes.
        case NO_SPACE, QUOTA -> false;
        default -> throw e;
      };
    }
  }

  /**
   * Copies many small extents as one piece, so that a turn is long enough. If an extent after the
   * first fails, the next piece reports the error. If the volume stops inside an extent, the piece
   * ends there.
   */
  private long piece(long length, long left, long start) throws StorageException {
    long holesBefore = sparse.holeBytes();
    long done = 0;
    long data = 0;
    boolean isContinued = true;
    while (isContinued) {
      long from = range.sourceOffset() + copied + done;
      long to = range.targetOffset() + copied + done;
      long bytes;
      try {
        // A hole is one step, whatever its length.
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
      isContinued =
          bytes > 0 && data < length && done < left && sparse.isAtEdge(from + bytes) && isTimeLeft;
    }
    return done;
  }
}
