package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Copies for which scheduling would cost more than the copy. They run on the thread that executes
 * COPY and end before its reply. They are not durable then.
 */
public final class SmallCopies {
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final Ticker ticker;
  private final CopyLimits limits;
  private final LongSupplier ids;
  private final CopyBytes bytesOfAll;
  private final CopyPace pace;

  /** The number of threads that write to each volume. */
  @GuardedBy("writing")
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
   * Returns whether the rate limit permits a copy now. If not, the copy is scheduled like a larger
   * one, because the caller's thread must not wait.
   */
  public boolean mayCopyNow() {
    return pace.beforeFirst().isZero();
  }

  /**
   * Copies a small range on the caller's thread, for a bounded time, but at least one piece unless
   * it fails.
   *
   * @return the number of bytes copied, all of the range or fewer; not 0 unless the source ends
   *     there now
   * @throws StorageException if it failed before the first byte; a later failure results in a short
   *     copy (RFC 7862 section 15.2.3), and the client's next COPY reports it
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
   * Writes a range of another server's file that was read together with the file's attributes. The
   * caller still owns the files.
   *
   * @return null if not all of the range has arrived, if the rate limit is reached, or if the
   *     maximum number of threads write to that volume; a volume that hangs must not block all
   *     threads
   */
  public @Nullable CopyOutcome write(CopyRequest request, SourceFile file) {
    SourceFile.Ahead ahead = mayCopyNow() ? file.takeAhead() : null;
    if (ahead == null) {
      return null;
    }
    Volume volume = request.target().volume();
    CopyRange range = request.range();
    try {
      boolean hasArrived =
          range.sourceOffset() == ahead.offset() && range.length() <= ahead.bytes();
      if (!hasArrived || !enter(volume)) {
        return null;
      }
      long start = ticker.nanoTime();
      try {
        CopyOutcome outcome = write(request, ahead);
        CopyLog.synchronous(ids.getAsLong(), request, outcome, ticker.nanoTime() - start);
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
