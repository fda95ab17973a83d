package ferry.server.dispatch;

import ferry.server.operation.CompoundContext;
import ferry.server.operation.Cost;
import ferry.server.operation.OperationTable;
import ferry.server.status.Refused;
import ferry.server.status.StatusMap;
import ferry.storage.StorageException;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Nfsstat4;
import java.util.concurrent.CompletableFuture;

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
  abstract void executed(NfsOpnum4 operation, Nfsstat4 status, long nanos, CompoundContext c);

  @Override
  public final NfsResop4 execute(NfsArgop4 arm, CompoundContext c)
      throws Refused, StorageException {
    long start = nanoTime(c);
    Nfsstat4 status = Nfsstat4.NFS4ERR_SERVERFAULT;
    try {
      NfsResop4 result = inner.execute(arm, c);
      status = result.status();
      return result;
    } catch (Refused refused) {
      status = refused.status();
      throw refused;
    } catch (StorageException refused) {
      status = StatusMap.of(refused.status());
      throw refused;
    } finally {
      executed(number, status, nanoTime(c) - start, c);
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
      executed(number, refused.status(), nanoTime(c) - start, c);
      throw refused;
    } catch (StorageException refused) {
      executed(number, StatusMap.of(refused.status()), nanoTime(c) - start, c);
      throw refused;
    }
    return result.whenComplete((answer, fault) ->
        executed(
            number,
            fault == null ? answer.status() : Nfsstat4.NFS4ERR_SERVERFAULT,
            nanoTime(c) - start,
            c));
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
