package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The byte-range locks in the {@link StateTable}: what LOCK, LOCKT and LOCKU do.
 *
 * <p>Locks are advisory: they keep others from locking, and nobody from reading and writing, as
 * POSIX has it and Linux' server does. Stateid arguments are what {@code CompoundContext.resolve}
 * returned.
 */
public final class LockTable {
  private final StateTable table;
  private final Env env;
  private final ServerLimits limits;
  private final long leaseNanos;
  private final AtomicLong statesMade = new AtomicLong();
  private final ClientCount ranges;
  private final ClientCount waiters;

  LockTable(StateTable table, ServerLimits limits, Env env) {
    this.table = table;
    this.env = env;
    this.limits = limits;
    leaseNanos = Duration.ofSeconds(limits.leaseSeconds()).toNanos();
    ranges = new ClientCount(limits.locks().rangesPerClientMax());
    waiters = new ClientCount(limits.locks().waitersPerClientMax());
  }

  /** How many ranges are locked. */
  public int rangeCount() {
    return ranges.total();
  }

  /** How many locks are waited for. */
  public int waiterCount() {
    return waiters.total();
  }

  /**
   * LOCK. A lock needs an open with the access that it guards, as on POSIX systems.
   *
   * @throws NfsStatusException what the stateid is refused with; NFS4ERR_OPENMODE; NFS4ERR_DELAY at
   *     a limit, and when what is in the way is about to end; NFS4ERR_EXPIRED when the client has
   *     just gone
   */
  public LockOutcome lock(LockRequest request) throws NfsStatusException {
    StateEntry shown = table.find(request.clientid(), request.file(), request.locker().stateid());
    FileState file = shown.file();
    boolean firm = false;
    while (true) {
      LockOutcome outcome = null;
      Set<Long> met;
      synchronized (file) {
        OpenState open = openOf(shown, request.locker());
        table.checkSeqid(shown, request.locker().stateid());
        if ((open.access() & (request.exclusive() ? ShareBits.WRITE : ShareBits.READ)) == 0) {
          throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
        }
        FileLocks locks = file.locks(this::none);
        OwnerKey owner = ownerOf(shown, request);
        met = firm ? Set.of() : locks.holders(owner, request.range(), request.exclusive());
        if (met.isEmpty()) {
          outcome = decide(locks, open, owner, request);
        }
      }
      if (outcome != null) {
        // A downgrade lets others in, and so does the end of a wait.
        wake(file);
        return outcome;
      }
      firm = !table.encounters().giveWay(met);
    }
  }

  /**
   * The user who opened what a lock is to stand on, or {@link FileUse#BY_SEVERAL}.
   *
   * @throws NfsStatusException what the stateid is refused with
   */
  public long openedBy(LockRequest request) throws NfsStatusException {
    Stateid4 stateid = request.locker().stateid();
    StateEntry shown = table.find(request.clientid(), request.file(), stateid);
    synchronized (shown.file()) {
      OpenState open = openOf(shown, request.locker());
      table.checkSeqid(shown, stateid);
      return open.openedBy();
    }
  }

  /** Those in the way do not give it, if there are any. Called under the file's lock. */
  private LockOutcome decide(FileLocks locks, OpenState open, OwnerKey owner, LockRequest request)
      throws NfsStatusException {
    LockConflict conflict = conflict(locks, owner, request);
    if (conflict == null) {
      return new LockOutcome.Granted(grant(locks, open, owner, request).stateid());
    }
    if (request.waits()) {
      locks.waiters().denied(request, open, owner, nanoTime());
    } else {
      // It asks for the last time (RFC 8881 section 9.6).
      locks.waiters().remove(owner, request.range());
    }
    return new LockOutcome.Denied(conflict);
  }

  private static OpenState openOf(StateEntry shown, LockRequest.Locker locker)
      throws NfsStatusException {
    return switch (locker) {
      case LockRequest.ByOpen _ -> StateTable.openState(shown);
      case LockRequest.ByLock _ -> lockState(shown).open();
    };
  }

  private static OwnerKey ownerOf(StateEntry shown, LockRequest request) throws NfsStatusException {
    return switch (request.locker()) {
      case LockRequest.ByOpen(_, Opaque owner) -> new OwnerKey(request.clientid(), owner);
      case LockRequest.ByLock _ -> lockState(shown).owner();
    };
  }

  private static LockState lockState(StateEntry entry) throws NfsStatusException {
    if (StateTable.accessState(entry) instanceof LockState lock) {
      return lock;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  private FileLocks none() {
    return new FileLocks(
        env.random(), ranges, new LockWaiters(limits.locks(), leaseNanos, waiters));
  }

  private @Nullable LockConflict conflict(FileLocks locks, OwnerKey owner, LockRequest request) {
    LockedRange held = locks.conflict(owner, request.range(), request.exclusive());
    if (held != null) {
      return held.asConflict();
    }
    LockWaiter before =
        locks.waiters().reservation(owner, request.range(), request.exclusive(), nanoTime());
    return before == null ? null : before.asConflict();
  }

  private LockState grant(FileLocks locks, OpenState open, OwnerKey owner, LockRequest request)
      throws NfsStatusException {
    LockState known = locks.find(open, owner.owner());
    LockState state =
        known != null
            ? known
            : new LockState(open, owner, locks, table.freshOther(), statesMade.incrementAndGet());
    LockChange change = locks.locking(state, request.range(), request.exclusive());
    checkRoom(locks, request.clientid(), change);
    if (known == null) {
      add(locks, state, change);
    } else {
      known.advance();
    }
    locks.apply(change);
    locks.waiters().remove(owner, request.range());
    return state;
  }

  private void add(FileLocks locks, LockState state, LockChange change) throws NfsStatusException {
    boolean registered = false;
    try {
      table.register(state, Nfsstat4.NFS4ERR_DELAY);
      registered = true;
    } finally {
      if (!registered) {
        ranges.remove(state.clientid(), Math.max(0, change.growth()));
      }
    }
    state.open().children().add(state);
    locks.add(state);
  }

  /** Counts the ranges that a change will make more; of the errors of LOCK, DELAY fits best. */
  private void checkRoom(FileLocks locks, long clientid, LockChange change)
      throws NfsStatusException {
    int growth = change.growth();
    if (growth > 0
        && (locks.size() + growth > limits.locks().rangesPerFileMax()
            || !ranges.add(clientid, growth))) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DELAY);
    }
  }

  /**
   * LOCKT: the lock that would be in the way of an owner's, if there is one. Nothing is remembered
   * of who asks, and what is kept for one who waits is not a lock yet.
   *
   * @throws NfsStatusException NFS4ERR_DELAY when what is in the way is about to end
   */
  public Optional<LockConflict> test(
      long clientid, FileKey key, Opaque asking, ByteRange range, boolean exclusive)
      throws NfsStatusException {
    OwnerKey owner = new OwnerKey(clientid, asking);
    while (true) {
      FileState file = table.fileState(key);
      if (file == null) {
        return Optional.empty();
      }
      LockedRange held;
      Set<Long> met;
      synchronized (file) {
        FileLocks locks = file.locksIfAny();
        if (locks == null) {
          return Optional.empty();
        }
        held = locks.conflict(owner, range, exclusive);
        if (held == null) {
          return Optional.empty();
        }
        met = locks.holders(owner, range, exclusive);
      }
      if (!table.encounters().giveWay(met)) {
        return Optional.of(held.asConflict());
      }
    }
  }

  /**
   * LOCKU: unlocks what of the range the lock-owner has locked, be it nothing.
   *
   * @return the lock stateid as it is now
   * @throws NfsStatusException what the stateid is refused with; NFS4ERR_DELAY when a range would
   *     be split beyond a limit
   */
  public Stateid4 unlock(long clientid, FileKey key, Stateid4 stateid, ByteRange range)
      throws NfsStatusException {
    LockState state = lockState(table.find(clientid, key, stateid));
    FileState file = state.file();
    Stateid4 left;
    synchronized (file) {
      table.checkSeqid(state, stateid);
      FileLocks locks = file.locks(this::none);
      LockChange change = locks.unlocking(state.owner(), range);
      checkRoom(locks, clientid, change);
      locks.apply(change);
      state.advance();
      left = state.stateid();
    }
    wake(file);
    return left;
  }

  /** Ranges of a file may have become free: tells those who wait. Called under no lock. */
  void wake(FileState file) {
    List<Runnable> told;
    synchronized (file) {
      FileLocks locks = file.locksIfAny();
      if (locks == null || locks.waiters().isEmpty()) {
        return;
      }
      long now = nanoTime();
      told = locks.waiters().promote(locks, now);
      long nanos = locks.waiters().nanosToTimer(now);
      if (nanos >= 0) {
        locks.waiters().setTimed(true);
        var _ = env.timers().schedule(Duration.ofNanos(nanos), () -> timeOver(file));
      }
    }
    told.forEach(Runnable::run);
  }

  private void timeOver(FileState file) {
    synchronized (file) {
      FileLocks locks = file.locksIfAny();
      if (locks != null) {
        locks.waiters().setTimed(false);
      }
    }
    wake(file);
  }

  private long nanoTime() {
    return env.ticker().nanoTime();
  }
}
