package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.ExistLockOwner4;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.Locku4Args;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenToLockOwner4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * LOCK and LOCKU of one open file (RFC 8881 sections 18.10 and 18.12). One request is pending at a
 * time, so the server executes them in the order in which they were made.
 */
final class LockCalls {

  private final ServerSession session;
  private final NfsFh4 handle;
  private final StateOwner4 owner;
  private final OpenStateid open;
  private final StateidCalls stateids;
  private final HeldRanges ranges;
  private final TaskSequence sequence = new TaskSequence();

  LockCalls(
      ServerSession session,
      NfsFh4 handle,
      StateOwner4 owner,
      OpenStateid open,
      StateidCalls stateids,
      HeldRanges ranges) {
    this.session = session;
    this.handle = handle;
    this.owner = owner;
    this.open = open;
    this.stateids = stateids;
    this.ranges = ranges;
  }

  /**
   * Sends LOCK.
   *
   * @param waits whether the server may queue the request
   * @return whether the lock was granted; false for NFS4ERR_DENIED
   */
  CompletableFuture<Boolean> request(HeldRange wanted, boolean waits) {
    return sequence.run(() ->
        Futures.recover(
            stateids
                .withLock(stateid -> lock(wanted, waits, false, locker(stateid)))
                .thenApply(results -> Futures.get(() -> granted(wanted, results))),
            failure ->
                CallFailures.call(failure).is(Nfsstat4.NFS4ERR_DENIED)
                    ? CompletableFuture.completedFuture(false)
                    : CompletableFuture.failedFuture(failure)));
  }

  private Locker4 locker(Stateid4 stateid) {
    return stateids.isOpen(stateid)
        ? byOpen(stateid)
        : new Locker4.False(new ExistLockOwner4(stateid, 0));
  }

  private Locker4 byOpen(Stateid4 opened) {
    return new Locker4.True(new OpenToLockOwner4(0, opened, 0, owner));
  }

  private Compound lock(HeldRange wanted, boolean waits, boolean reclaim, Locker4 locker) {
    return Compound.of(
            CompoundOps.put(handle),
            new NfsArgop4.Lock(
                new Lock4Args(
                    wanted.type(waits), reclaim, wanted.offset(), wanted.length(), locker)))
        .build();
  }

  private boolean granted(HeldRange wanted, Results results) throws CallException {
    if (results.at(1, NfsResop4.Lock.class).res() instanceof Lock4Res.Ok(var ok)) {
      ranges.granted(wanted, ok.lockStateid());
      return true;
    }
    throw results.failure();
  }

  /**
   * Forgets a range whose LOCK failed. If there was no reply, the server may have granted the lock,
   * so the request is withdrawn.
   */
  void failed(HeldRange wanted, Throwable failure) {
    if (isUnanswered(failure)) {
      withdraw(wanted);
    } else {
      ranges.remove(wanted);
    }
  }

  private static boolean isUnanswered(Throwable failure) {
    Kind kind = CallFailures.call(failure).kind();
    return kind == Kind.TIMED_OUT || kind == Kind.UNREACHABLE;
  }

  /**
   * Withdraws a request by a LOCK that does not wait, after which the server no longer reserves the
   * range (RFC 8881 section 9.6). If that LOCK is granted, it is unlocked.
   */
  void withdraw(HeldRange wanted) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    ranges.withdraw(wanted, gone);
    var _ =
        request(wanted, false)
            .thenCompose(
                granted -> granted ? unlock(wanted) : CompletableFuture.completedFuture(null))
            .whenComplete((done, failure) -> {
              ranges.remove(wanted);
              gone.complete(null);
            });
  }

  /**
   * Sends LOCKU, and once more if there is no reply. The lock is released here whatever the server
   * answers. Sends nothing for a lock that was lost.
   */
  CompletableFuture<Void> unlock(HeldRange range) {
    return sequence.run(() -> unlockNow(range));
  }

  private CompletableFuture<Void> unlockNow(HeldRange range) {
    Stateid4 used = ranges.release(range);
    if (used == null) {
      return CompletableFuture.completedFuture(null);
    }
    Supplier<CompletableFuture<Results>> request =
        () ->
            session.call(
                Compound.of(CompoundOps.put(handle), unlock(used, range.offset(), range.length()))
                    .build());
    return Futures.recover(
            request.get(),
            failure ->
                isUnanswered(failure) ? request.get() : CompletableFuture.failedFuture(failure))
        .handle((results, failure) -> {
          unlocked(used, results, failure);
          return true;
        })
        .thenAccept(done -> {});
  }

  private void unlocked(Stateid4 used, @Nullable Results results, @Nullable Throwable failure) {
    if (results != null
        && results.results().get(1) instanceof NfsResop4.Locku(Locku4Res.Ok(var now))) {
      ranges.unlocked(now);
    } else if (failure != null && OpenStateid.isLost(CallFailures.call(failure).status())) {
      boolean _ = ranges.lose(used);
    }
  }

  private static NfsArgop4 unlock(Stateid4 used, long offset, long length) {
    return new NfsArgop4.Locku(
        new Locku4Args(NfsLockType4.WRITE_LT, 0, CompoundOps.forData(used), offset, length));
  }

  /** Releases all locks and frees their stateid, before CLOSE. Ignores errors. */
  CompletableFuture<Void> unlockAll() {
    return sequence.run(this::unlockAllNow);
  }

  private CompletableFuture<Void> unlockAllNow() {
    Stateid4 used = ranges.releaseAll();
    if (used == null) {
      return CompletableFuture.completedFuture(null);
    }
    return session
        .attempt(
            Compound.of(CompoundOps.put(handle), unlock(used, 0, ByteRangeLocks.TO_END))
                .once(new NfsArgop4.FreeStateid(new FreeStateid4Args(CompoundOps.forData(used))))
                .build())
        .handle((results, failure) -> true)
        .thenAccept(done -> {});
  }

  /**
   * Reclaims the locks after the open was reclaimed (RFC 8881 section 9.11). A lock that the server
   * does not grant is lost.
   *
   * @param call sends a COMPOUND while other calls are held back
   */
  CompletableFuture<Void> reclaim(Function<Compound, CompletableFuture<Results>> call) {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (HeldRange range : ranges.beginReclaim()) {
      done = done.thenCompose(ignored -> reclaim(range, call));
    }
    return done;
  }

  private CompletableFuture<Void> reclaim(
      HeldRange range, Function<Compound, CompletableFuture<Results>> call) {
    return call.apply(lock(range, false, true, byOpen(CompoundOps.forData(open.stateid()))))
        .thenAccept(results ->
            ranges.reclaimed(
                range,
                results.ok()
                        && results.results().getLast()
                            instanceof NfsResop4.Lock(Lock4Res.Ok(var ok))
                    ? ok.lockStateid()
                    : null));
  }
}
