package io.ferrynfs.server.dispatch;

import io.ferrynfs.server.operation.CompoundContext;
import io.ferrynfs.server.operation.Cost;
import io.ferrynfs.server.operation.OperationTable;
import io.ferrynfs.server.status.Refused;
import io.ferrynfs.server.status.StatusMap;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An operation that somebody watches: what it answered and how long it took. */
abstract class Decorator implements OperationTable.Entry {
  private final NfsOpnum4 number;
  private final OperationTable.Entry inner;

  Decorator(NfsOpnum4 number, OperationTable.Entry inner) {
    this.number = number;
    this.inner = inner;
  }

  /** Now, for {@link #executed}. */
  abstract long nanoTime(CompoundContext c);

  /** The operation has been executed; runs on the thread that did it, and must be quick. */
  abstract void executed(Execution execution, CompoundContext c);

  /**
   * An operation that has been executed.
   *
   * @param operation which
   * @param args its arguments
   * @param result its result; null when it was refused or failed
   * @param status what it answered
   * @param nanos how long it took
   */
  record Execution(
      NfsOpnum4 operation,
      NfsArgop4 args,
      @Nullable NfsResop4 result,
      Nfsstat4 status,
      long nanos) {}

  @Override
  public final NfsResop4 execute(NfsArgop4 arm, CompoundContext c)
      throws Refused, StorageException {
    long start = nanoTime(c);
    Nfsstat4 status = Nfsstat4.NFS4ERR_SERVERFAULT;
    @Nullable NfsResop4 result = null;
    try {
      result = inner.execute(arm, c);
      status = result.status();
      return result;
    } catch (Refused refused) {
      status = refused.status();
      throw refused;
    } catch (StorageException refused) {
      status = StatusMap.of(refused.status());
      throw refused;
    } finally {
      executed(new Execution(number, arm, result, status, nanoTime(c) - start), c);
    }
  }

  @Override
  public final boolean isLate() {
    return inner.isLate();
  }

  @Override
  public final CompletableFuture<NfsResop4> begin(NfsArgop4 arm, CompoundContext c)
      throws Refused, StorageException {
    long start = nanoTime(c);
    CompletableFuture<NfsResop4> result;
    try {
      result = inner.begin(arm, c);
    } catch (Refused refused) {
      failed(arm, refused.status(), start, c);
      throw refused;
    } catch (StorageException refused) {
      failed(arm, StatusMap.of(refused.status()), start, c);
      throw refused;
    }
    return result.whenComplete((answer, fault) -> {
      if (fault == null) {
        executed(new Execution(number, arm, answer, answer.status(), nanoTime(c) - start), c);
      } else {
        failed(arm, Nfsstat4.NFS4ERR_SERVERFAULT, start, c);
      }
    });
  }

  private void failed(NfsArgop4 arm, Nfsstat4 status, long start, CompoundContext c) {
    executed(new Execution(number, arm, null, status, nanoTime(c) - start), c);
  }

  @Override
  public final Cost cost(NfsArgop4 arm) {
    return inner.cost(arm);
  }

  @Override
  public final boolean changesState() {
    return inner.changesState();
  }

  @Override
  public final int replyBytesMax(NfsArgop4 arm) {
    return inner.replyBytesMax(arm);
  }
}
