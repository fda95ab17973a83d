package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.source.SourceFile;
import io.ferrynfs.server.status.StatusMap;
import io.ferrynfs.server.status.ValidErrors;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies so small that a turn in the line would cost more than they do: they are made on the thread
 * that is at the COPY, and are over before it is answered. None of them is durable then.
 */
public final class SmallCopies {
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Ticker ticker;
  private final CopyLimits limits;
  private final LongSupplier ids;
  private final CopyBytes bytesOfAll;
  private final CopyPace pace;

  /** Who writes to a volume; guarded by itself. */
  private final Map<Volume, Integer> writing = new HashMap<>();

  SmallCopies(
      Ticker ticker, CopyLimits limits, LongSupplier ids, CopyBytes bytesOfAll, CopyPace pace) {
    this.ticker = ticker;
    this.limits = limits;
    this.ids = ids;
    this.bytesOfAll = bytesOfAll;
    this.pace = pace;
  }

  /**
   * Returns whether a copy may be made now without exceeding the rate of all copies. If not, it
   * waits in the queue as a larger one does, because the caller's thread must not.
   */
  public boolean mayCopyNow() {
    return pace.beforeFirst().isZero();
  }

  /**
   * Copies a small range in the caller's thread, for a bounded time: at least one piece, unless an
   * error comes first.
   *
   * @return bytes copied, all of the range or fewer; not 0 unless the source ends there by now
   * @throws StorageException when it failed before the first byte; later failures are a short count
   *     (RFC 7862 section 15.2.3), and the client's next COPY meets them
   */
  public long copy(OpenFile source, OpenFile target, CopyRange range) throws StorageException {
    long start = ticker.nanoTime();
    RangeCopier copier =
        new RangeCopier(
            ticker, source, target, range, bytesOfAll, limits.chunkBytesMin(), Long.MAX_VALUE);
    try {
      long bytes;
      do {
        bytes = copier.step();
      } while (bytes > 0 && ticker.nanoTime() - start < NANOS_MAX);
    } catch (StorageException e) {
      if (copier.copied() == 0) {
        throw e;
      }
    } finally {
      pace.after(copier.moved());
    }
    return copier.copied();
  }

  /**
   * Writes a range of another server's file that has come with the answer that the file is there.
   * The files stay the caller's.
   *
   * @return null if not all of the range has arrived, if the rate of all copies is used up, or if
   *     as many threads as allowed write to that volume: one that hangs must not block all of them
   */
  public @Nullable CopyOutcome write(CopyRequest request, SourceFile file) {
    SourceFile.Ahead ahead = mayCopyNow() ? file.takeAhead() : null;
    if (ahead == null) {
      return null;
    }
    Volume volume = request.target().volume();
    CopyRange range = request.range();
    try {
      boolean isAllThere =
          range.sourceOffset() == ahead.offset() && range.length() <= ahead.bytes();
      if (!isAllThere || !enter(volume)) {
        return null;
      }
      long start = ticker.nanoTime();
      try {
        CopyOutcome outcome = write(request, ahead);
        CopyLog.atOnce(ids.getAsLong(), request, outcome, ticker.nanoTime() - start);
        return outcome;
      } finally {
        leave(volume);
      }
    } finally {
      file.giveBack(ahead.room());
    }
  }

  private boolean enter(Volume volume) {
    int most = Math.max(1, limits.sources().setUpThreads() / 2);
    synchronized (writing) {
      int now = writing.getOrDefault(volume, 0);
      if (now >= most) {
        return false;
      }
      writing.put(volume, now + 1);
      return true;
    }
  }

  private void leave(Volume volume) {
    synchronized (writing) {
      writing.computeIfPresent(volume, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  private CopyOutcome write(CopyRequest request, SourceFile.Ahead ahead) {
    CopyRange range = request.range();
    OpenFile target = request.to().file();
    int length = (int) range.length();
    int done = 0;
    Nfsstat4 status = Nfsstat4.NFS4_OK;
    try {
      while (done < length) {
        done += target.write(ahead.data(done, length - done), range.targetOffset() + done);
      }
    } catch (StorageException e) {
      if (done == 0) {
        status = ValidErrors.constrain(NfsOpnum4.OP_COPY, StatusMap.of(e.status()));
      }
    }
    bytesOfAll.addFetched(done);
    pace.after(done);
    return new CopyOutcome(status, done, StableHow4.UNSTABLE4, request.verifier());
  }
}
