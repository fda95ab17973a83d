package io.ferrynfs.client.file;

import io.ferrynfs.client.session.Backoff;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.ExistLockOwner4;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.Locku4Args;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenToLockOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.nio.channels.OverlappingFileLockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The byte-range locks of one open file (RFC 8881 section 9), which is a lock-owner of its own. One
 * LOCK or LOCKU is under way at a time, so that the order in which they are executed is the order
 * in which they were asked for.
 *
 * <p>While something is locked, what reads and writes the file shows the lock's stateid, as Linux
 * does (RFC 7862 section 4.3.1 wants it of COPY). So when the server has lost the lock, input and
 * output fail until the lock is given back here: what another did to the file meanwhile is not
 * overwritten unawares.
 */
public final class ByteRangeLocks {

  /** The length of a range to the end of the file, however long it gets. */
  public static final long TO_END = -1;

  private static final int ATTEMPTS_MAX = 3;
  private static final Duration POLL_FIRST = Duration.ofMillis(100);

  /** A server that tells when a lock is free keeps it for a few seconds. */
  private static final Duration POLL_LONGEST = Duration.ofSeconds(5);

  private final RemoteOpenFile file;

  // Guarded by this.
  private final List<Held> held = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private @Nullable Stateid4 stateid;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  ByteRangeLocks(RemoteOpenFile file) {
    this.file = file;
  }

  /** A range that is locked, or about to be. Its changing fields are guarded by the locks. */
  public final class Held {
    private final long offset;
    private final long length;
    private final boolean shared;
    private boolean granted;
    private boolean lost;

    /** Completes when the server has forgotten it, if nobody waits for it any more. */
    private @Nullable CompletableFuture<?> leaving;

    private Held(long offset, long length, boolean shared) {
      this.offset = offset;
      this.length = length;
      this.shared = shared;
    }

    /** Whether the server has it locked, as far as is known. */
    public boolean isValid() {
      synchronized (ByteRangeLocks.this) {
        return granted && !lost && held.contains(this);
      }
    }

    private boolean overlaps(long otherOffset, long otherLength) {
      return (length == TO_END || otherOffset - offset < length)
          && (otherLength == TO_END || offset - otherOffset < otherLength);
    }

    private NfsLockType4 type(boolean waits) {
      if (shared) {
        return waits ? NfsLockType4.READW_LT : NfsLockType4.READ_LT;
      }
      return waits ? NfsLockType4.WRITEW_LT : NfsLockType4.WRITE_LT;
    }

    private String words() {
      return "bytes from "
          + offset
          + (length == TO_END ? " to the end" : ", " + length + " of them");
    }
  }

  /** One that polls. */
  private static final class Waiting {
    final Held wanted;
    final CompletableFuture<Held> future;
    final Backoff backoff = new Backoff(POLL_FIRST, POLL_LONGEST);
    private @Nullable Cancellable timer;

    /** CB_NOTIFY_LOCK came while LOCK was under way, whose answer may be older. */
    private boolean told;

    private boolean asking = true;

    Waiting(Held wanted, CompletableFuture<Held> future) {
      this.wanted = wanted;
      this.future = future;
    }
  }

  /**
   * Locks a range, and waits until it can be had. Cancelling the future gives up.
   *
   * @param length in bytes, or {@link #TO_END}
   * @throws OverlappingFileLockException when some of it is locked through this open file
   */
  public CompletableFuture<Held> lock(long offset, long length, boolean shared) {
    Added added = add(offset, length, shared);
    Waiting waiter = new Waiting(added.wanted, new CompletableFuture<>());
    synchronized (this) {
      waiting.add(waiter);
    }
    var _ =
        waiter.future.whenComplete((done, failure) -> {
          if (waiter.future.isCancelled()) {
            gaveUp(waiter);
          }
        });
    var _ = added.inTheWay.whenComplete((gone, failure) -> poll(waiter));
    return waiter.future;
  }

  /**
   * Locks a range if it can be had at once.
   *
   * @return empty when another has locked some of it
   * @throws OverlappingFileLockException when some of it is locked through this open file
   */
  public CompletableFuture<Optional<Held>> tryLock(long offset, long length, boolean shared) {
    Added added = add(offset, length, shared);
    Held wanted = added.wanted;
    return Futures.recover(added.inTheWay, _ -> CompletableFuture.completedFuture(null))
        .thenCompose(_ -> ask(wanted, false))
        .whenComplete((granted, failure) -> {
          if (failure != null) {
            failed(wanted, failure);
          } else if (!granted) {
            forget(wanted);
          }
        })
        .thenApply(granted -> granted ? Optional.of(wanted) : Optional.empty());
  }

  /**
   * A range to be locked.
   *
   * @param inTheWay completes when what overlaps it here has gone, which nobody waits for
   */
  private record Added(Held wanted, CompletableFuture<Void> inTheWay) {}

  private synchronized Added add(long offset, long length, boolean shared) {
    List<CompletableFuture<?>> leaving = new ArrayList<>();
    for (Held other : held) {
      if (other.overlaps(offset, length)) {
        if (other.leaving == null) {
          throw new OverlappingFileLockException();
        }
        leaving.add(other.leaving);
      }
    }
    Held wanted = new Held(offset, length, shared);
    held.add(wanted);
    return new Added(wanted, CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new)));
  }

  private synchronized void forget(Held gone) {
    held.remove(gone);
  }

  private void poll(Waiting waiter) {
    var _ =
        ask(waiter.wanted, true)
            .whenComplete((granted, failure) -> {
              if (failure == null && !granted) {
                pollLater(waiter);
              } else if (done(waiter)) {
                // One that was given up meanwhile is given back by who did so.
                finish(waiter, failure);
              }
            });
  }

  private void finish(Waiting waiter, @Nullable Throwable failure) {
    if (failure != null) {
      failed(waiter.wanted, failure);
      waiter.future.completeExceptionally(CallFailures.cause(failure));
    } else if (!waiter.future.complete(waiter.wanted)) {
      var _ = unlock(waiter.wanted);
    }
  }

  /** Whether this call ends the waiting. */
  private synchronized boolean done(Waiting waiter) {
    return waiting.remove(waiter);
  }

  private void pollLater(Waiting waiter) {
    boolean atOnce;
    synchronized (this) {
      if (!waiting.contains(waiter)) {
        return;
      }
      atOnce = waiter.told;
      waiter.told = false;
      waiter.asking = atOnce;
      if (!atOnce) {
        Env env = file.files().session().env();
        waiter.timer =
            env.timers()
                .schedule(waiter.backoff.next(env.random().nextInt()), () -> pollAgain(waiter));
      }
    }
    if (atOnce) {
      poll(waiter);
    }
  }

  private void pollAgain(Waiting waiter) {
    synchronized (this) {
      if (waiter.asking || !waiting.contains(waiter)) {
        return;
      }
      waiter.asking = true;
      if (waiter.timer != null) {
        waiter.timer.cancel();
      }
    }
    poll(waiter);
  }

  /** CB_NOTIFY_LOCK (RFC 8881 section 20.11): something that was denied may be free. */
  void mayBeFree() {
    List<Waiting> all;
    synchronized (this) {
      all = List.copyOf(waiting);
      all.forEach(waiter -> waiter.told = waiter.asking);
    }
    all.forEach(this::pollAgain);
  }

  /**
   * Nobody waits for a lock any more. The server is told by a LOCK that does not wait (RFC 8881
   * section 9.6), so that it keeps the range for nobody; should it be granted, it is given back.
   */
  private void gaveUp(Waiting waiter) {
    if (!done(waiter)) {
      return;
    }
    synchronized (this) {
      if (waiter.timer != null) {
        waiter.timer.cancel();
      }
    }
    leave(waiter.wanted);
  }

  /**
   * LOCK failed. Where nobody knows whether it was granted the server is asked once more, so that
   * it does not keep a range for who does not know of it.
   */
  private void failed(Held wanted, Throwable failure) {
    if (isUnanswered(failure)) {
      leave(wanted);
    } else {
      forget(wanted);
    }
  }

  private static boolean isUnanswered(Throwable failure) {
    Kind kind = CallFailures.call(failure).kind();
    return kind == Kind.TIMED_OUT || kind == Kind.UNREACHABLE;
  }

  private void leave(Held wanted) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    synchronized (this) {
      wanted.leaving = gone;
    }
    var _ =
        ask(wanted, false)
            .thenCompose(
                granted -> granted ? unlock(wanted) : CompletableFuture.completedFuture(null))
            .whenComplete((done, failure) -> {
              forget(wanted);
              gone.complete(null);
            });
  }

  /** LOCK (RFC 8881 section 18.10): whether it was granted. */
  private CompletableFuture<Boolean> ask(Held wanted, boolean waits) {
    return inTurn(() -> askNow(wanted, waits, 1));
  }

  private CompletableFuture<Boolean> askNow(Held wanted, boolean waits, int number) {
    Stateid4 shown;
    try {
      shown = usable();
    } catch (CallException lost) {
      return CompletableFuture.failedFuture(lost);
    }
    CompletableFuture<Results> answer =
        shown == null
            ? file.withOpen(open -> lock(wanted, waits, false, byOpen(open)))
            : file.files()
                .session()
                .call(
                    lock(
                        wanted,
                        waits,
                        false,
                        new Locker4.False(new ExistLockOwner4(CompoundOps.forData(shown), 0))));
    return Futures.recover(
        answer.thenApply(results -> Futures.get(() -> granted(wanted, results))),
        failure -> {
          CallException call = CallFailures.call(failure);
          if (call.is(Nfsstat4.NFS4ERR_DENIED)) {
            return CompletableFuture.completedFuture(false);
          }
          if (shown == null || number >= ATTEMPTS_MAX || !OpenStateid.isLost(call.status())) {
            return CompletableFuture.failedFuture(call);
          }
          // Locked anew meanwhile, or lost, which the next attempt finds.
          loses(shown);
          return askNow(wanted, waits, number + 1);
        });
  }

  private Locker4 byOpen(Stateid4 open) {
    return new Locker4.True(new OpenToLockOwner4(0, open, 0, file.owner()));
  }

  private Compound lock(Held wanted, boolean waits, boolean reclaim, Locker4 locker) {
    return Compound.of(
            CompoundOps.put(file.handle()),
            new NfsArgop4.Lock(
                new Lock4Args(wanted.type(waits), reclaim, wanted.offset, wanted.length, locker)))
        .build();
  }

  private boolean granted(Held wanted, Results results) throws CallException {
    if (results.at(1, NfsResop4.Lock.class).res() instanceof Lock4Res.Ok(var ok)) {
      synchronized (this) {
        stateid = ok.lockStateid();
        wanted.granted = true;
      }
      return true;
    }
    throw results.failure();
  }

  /**
   * LOCKU (RFC 8881 section 18.12). The lock is gone here whatever the server answers, which is
   * asked twice if it does not; one that was lost before is just forgotten.
   */
  public CompletableFuture<Void> unlock(Held gone) {
    return inTurn(() -> unlockNow(gone));
  }

  private CompletableFuture<Void> unlockNow(Held gone) {
    Stateid4 shown;
    synchronized (this) {
      if (!held.remove(gone) || gone.lost || !gone.granted || stateid == null) {
        return CompletableFuture.completedFuture(null);
      }
      shown = stateid;
    }
    Supplier<CompletableFuture<Results>> asked =
        () ->
            file.files()
                .session()
                .call(
                    Compound.of(
                            CompoundOps.put(file.handle()), locku(shown, gone.offset, gone.length))
                        .build());
    return Futures.recover(
            asked.get(),
            failure ->
                isUnanswered(failure) ? asked.get() : CompletableFuture.failedFuture(failure))
        .handle((results, failure) -> {
          if (failure == null
              && results.results().get(1) instanceof NfsResop4.Locku(Locku4Res.Ok(var now))) {
            unlocked(now);
          } else if (failure != null && OpenStateid.isLost(CallFailures.call(failure).status())) {
            loses(shown);
          }
          return true;
        })
        .thenAccept(done -> {});
  }

  private static NfsArgop4 locku(Stateid4 shown, long offset, long length) {
    return new NfsArgop4.Locku(
        new Locku4Args(NfsLockType4.WRITE_LT, 0, CompoundOps.forData(shown), offset, length));
  }

  private synchronized void unlocked(Stateid4 now) {
    if (stateid != null && stateid.other().equals(now.other())) {
      stateid = now;
    }
  }

  /** Before CLOSE: nothing is waited for any more, and what is locked is given back. */
  CompletableFuture<Void> end() {
    List<Waiting> given;
    synchronized (this) {
      given = List.copyOf(waiting);
      if (stateid == null && given.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
    }
    given.forEach(waiter -> waiter.future.cancel(false));
    return inTurn(this::endNow);
  }

  private CompletableFuture<Void> endNow() {
    Stateid4 shown;
    synchronized (this) {
      shown = stateid;
      stateid = null;
      held.clear();
    }
    if (shown == null) {
      return CompletableFuture.completedFuture(null);
    }
    return file.files()
        .session()
        .attempt(
            Compound.of(CompoundOps.put(file.handle()), locku(shown, 0, TO_END))
                .once(new NfsArgop4.FreeStateid(new FreeStateid4Args(CompoundOps.forData(shown))))
                .build())
        .handle((results, failure) -> true)
        .thenAccept(done -> {});
  }

  private <T> CompletableFuture<T> inTurn(Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<?> before;
    synchronized (this) {
      before = last;
      last = result;
    }
    var _ =
        before.whenComplete((value, ignored) -> {
          var _ =
              work.get()
                  .whenComplete((outcome, failure) -> {
                    if (failure == null) {
                      result.complete(outcome);
                    } else {
                      result.completeExceptionally(failure);
                    }
                  });
        });
    return result;
  }

  /**
   * The stateid to read and write by; null when nothing is locked.
   *
   * @throws CallException when a lock was lost and its holder does not know yet
   */
  synchronized @Nullable Stateid4 usable() throws CallException {
    for (Held one : held) {
      if (one.lost) {
        throw CallException.of(
            Kind.STATE_LOST,
            "the lock was lost ("
                + one.words()
                + "): the server gave it up, and others may have changed the file since; release"
                + " it to go on");
      }
    }
    return isLocking() ? stateid : null;
  }

  private boolean isLocking() {
    return stateid != null && held.stream().anyMatch(one -> one.granted);
  }

  /** The same, for whom a lock that was lost is nothing to stop for. */
  synchronized @Nullable Stateid4 stateidIfAny() {
    return isLocking() ? stateid : null;
  }

  /** The lock stateid for TEST_STATEID, with or without anything locked by it. */
  synchronized @Nullable Stateid4 known() {
    return stateid;
  }

  /**
   * The server does not know a lock stateid.
   *
   * @return false when it is not the one in use (any more)
   */
  synchronized boolean loses(Stateid4 unknown) {
    if (stateid == null || !stateid.other().equals(unknown.other())) {
      return false;
    }
    lose();
    return true;
  }

  /**
   * The open was lost, and the locks with it: they are not taken anew, others may have had them.
   */
  synchronized void lose() {
    stateid = null;
    for (Held one : held) {
      if (one.granted) {
        one.lost = true;
      }
    }
  }

  /**
   * After a restart of the server, on the open that was reclaimed (RFC 8881 section 9.11). What is
   * not granted is lost.
   */
  CompletableFuture<Void> reclaim(Function<Compound, CompletableFuture<Results>> call) {
    List<Held> before;
    synchronized (this) {
      stateid = null;
      before = held.stream().filter(one -> one.granted && !one.lost).toList();
    }
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (Held one : before) {
      done = done.thenCompose(ignored -> reclaim(one, call));
    }
    return done;
  }

  private CompletableFuture<Void> reclaim(
      Held one, Function<Compound, CompletableFuture<Results>> call) {
    Stateid4 open = CompoundOps.forData(file.state().stateid());
    return call.apply(lock(one, false, true, byOpen(open)))
        .thenAccept(results -> {
          synchronized (this) {
            if (results.ok()
                && results.results().getLast() instanceof NfsResop4.Lock(Lock4Res.Ok(var ok))) {
              stateid = ok.lockStateid();
            } else {
              one.lost = true;
            }
          }
        });
  }
}
