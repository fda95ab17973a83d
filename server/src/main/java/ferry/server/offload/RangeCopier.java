package ferry.server.offload;

import ferry.rpc.env.Ticker;
import ferry.storage.OpenFile;
import ferry.storage.Status;
import ferry.storage.StorageException;
import java.nio.ByteBuffer;
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
  private static final int BUFFER_BYTES = 1 << 20;

  private final Ticker ticker;
  private final OpenFile source;
  private final OpenFile target;
  private final CopyRange range;
  private final long pieceBytesMax;
  private long pieceBytes;
  private boolean mayShare = true;
  private boolean shared;
  private boolean throughMemory;
  private volatile long copied;

  /**
   * A copy before its first piece.
   *
   * @param firstPieceBytes how large that is
   * @param pieceBytesMax how large any is
   */
  public RangeCopier(
      Ticker ticker,
      OpenFile source,
      OpenFile target,
      CopyRange range,
      long firstPieceBytes,
      long pieceBytesMax) {
    this.ticker = ticker;
    this.source = source;
    this.target = target;
    this.range = range;
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
    return shared ? 0 : copied;
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
      return left;
    }
    long start = ticker.nanoTime();
    long bytes = piece(Math.min(wanted, left));
    fit(bytes, wanted, ticker.nanoTime() - start);
    copied = done + bytes;
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
      if (isRefusal(e.status()) || e.status() == Status.INVALID) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isRefusal(Status status) {
    return status == Status.CROSS_DEVICE || status == Status.NOT_SUPPORTED;
  }

  private long piece(long length) throws StorageException {
    long from = range.sourceOffset() + copied;
    long to = range.targetOffset() + copied;
    if (!throughMemory) {
      try {
        return target.copyRange(source, from, to, length);
      } catch (StorageException e) {
        if (!isRefusal(e.status())) {
          throw e;
        }
        // Between two volumes of this server the bytes pass through it, not through the client.
        throughMemory = true;
      }
    }
    long hole = holeBytes(from, length);
    return hole > 0 ? Holes.make(target, to, hole) : throughMemory(from, to, length);
  }

  /** How much of a piece of the source is a hole before its first data. */
  private long holeBytes(long from, long length) throws StorageException {
    if (from >= source.size()) {
      return 0;
    }
    try {
      return Math.min(source.seekData(from) - from, length);
    } catch (StorageException e) {
      if (e.status() == Status.NO_DATA) {
        return 0;
      }
      throw e;
    }
  }

  private long throughMemory(long from, long to, long length) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, BUFFER_BYTES));
    source.read(buffer, from);
    buffer.flip();
    return buffer.hasRemaining() ? target.write(buffer, to) : 0;
  }
}
