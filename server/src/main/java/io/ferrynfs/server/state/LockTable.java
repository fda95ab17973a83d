package io.ferrynfs.server.state;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The byte-range locks: LOCK, LOCKT and LOCKU.
 *
 * <p>Locks are advisory: they conflict with other locks only, never with READ and WRITE. POSIX and
 * the Linux server do the same. Stateid arguments are those that {@code CompoundContext.resolve}
 * returned.
 */
public final class LockTable {
  private final StateRegistry registry;
  private final ConflictResolver conflicts;
  private final LockWakeups wakeups;
  private final Env env;
  private final ServerLimits limits;
  private final long leaseNanos;
  private final AtomicLong statesMade = new AtomicLong();
  private final ClientCount ranges;
  private final ClientCount waiters;

  LockTable(
      StateRegistry registry,
      ConflictResolver conflicts,
      LockWakeups wakeups,
      ServerLimits limits,
      Env env) {
    this.registry = registry;
    this.conflicts = conflicts;
    this.wakeups = wakeups;
    this.env = env;
    this.limits = limits;
    leaseNanos = Duration.ofSeconds(limits.leaseSeconds()).toNanos();
    ranges = new ClientCount(limits.locks().rangesPerClientMax());
    waiters = new ClientCount(limits.locks().waitersPerClientMax());
  }

  /** Returns the number of locked ranges. */
  public int rangeCount() {
    return ranges.total();
  }

  /** Returns the number of lock requests that wait. */
  public int waiterCount() {
    return waiters.total();
  }

  /**
   * Locks a range (LOCK). A lock requires an open with the corresponding access, as on POSIX
   * systems.
   *
   * @throws NfsStatusException NFS4ERR_OPENMODE; NFS4ERR_DELAY at a limit and while conflicting
   *     courtesy clients expire; NFS4ERR_EXPIRED if the client has just been removed; the errors of
   *     the stateid
   */
  public LockOutcome lock(LockRequest request) throws NfsStatusException {
    StateEntry shown =
        registry.find(request.clientid(), request.file(), request.locker().stateid());
    LockOutcome outcome = conflicts.run(work -> lock(request, shown, work));
    // A downgrade may unblock other lock requests, and so may a request that stops waiting.
    wakeups.wake(shown.file());
    return outcome;
  }

  private LockOutcome lock(LockRequest request, StateEntry shown, DeferredWork work)
      throws NfsStatusException {
    FileState file = shown.file();
    synchronized (file) {
      OpenState open = openOf(shown, request.locker());
      registry.checkSeqid(shown, request.locker().stateid());
      if ((open.access() & (request.exclusive() ? ShareBits.WRITE : ShareBits.READ)) == 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_OPENMODE);
      }
      FileLocks locks = file.locks(this::noLocks);
      OwnerKey owner = ownerOf(shown, request);
      if (!work.isFinal()) {
        expireHolders(locks, owner, request.range(), request.exclusive(), work);
      }
      return decide(locks, open, owner, request);
    }
  }

  /** Ends the attempt if locks of other owners conflict; it is final if they do not expire. */
  private static void expireHolders(
      FileLocks locks, OwnerKey owner, ByteRange range, boolean exclusive, DeferredWork work)
      throws NfsStatusException {
    Set<Long> holders = locks.holders(owner, range, exclusive);
    if (!holders.isEmpty()) {
      work.conflictsWith(holders);
      throw new NfsStatusException(Nfsstat4.NFS4ERR_DENIED);
    }
  }

  /**
   * Returns the user who opened the file that a lock request refers to, or {@link
   * FileUse#BY_SEVERAL}.
   *
   * @throws NfsStatusException the errors of the stateid
   */
  public long openedBy(LockRequest request) throws NfsStatusException {
    Stateid4 stateid = request.locker().stateid();
    StateEntry shown = registry.find(request.clientid(), request.file(), stateid);
    synchronized (shown.file()) {
      OpenState open = openOf(shown, request.locker());
      registry.checkSeqid(shown, stateid);
      return open.openedBy();
    }
  }

  /** Grants or denies a lock. Called under the file's lock. */
  private LockOutcome decide(FileLocks locks, OpenState open, OwnerKey owner, LockRequest request)
      throws NfsStatusException {
    LockConflict conflict = conflict(locks, owner, request);
    if (conflict == null) {
      return new LockOutcome.Granted(grant(locks, open, owner, request).stateid());
    }
    if (request.waits()) {
      locks.waiters().denied(request, open, owner, nanoTime());
    } else {
      // A request that does not wait is the owner's last one (RFC 8881 section 9.6).
      locks.waiters().remove(owner, request.range());
    }
    return new LockOutcome.Denied(conflict);
  }

  private static OpenState openOf(StateEntry shown, LockRequest.Locker locker)
      throws NfsStatusException {
    return switch (locker) {
      case LockRequest.ByOpen _ -> StateRegistry.openState(shown);
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
    if (StateRegistry.accessState(entry) instanceof LockState lock) {
      return lock;
    }
    throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  private FileLocks noLocks() {
    return new FileLocks(
        env.random(), ranges, new LockWaiters(limits.locks(), leaseNanos, waiters));
  }

  private @Nullable LockConflict conflict(FileLocks locks, OwnerKey owner, LockRequest request) {
    LockedRange held = locks.conflict(owner, request.range(), request.exclusive());
    if (held != null) {
      return held.asConflict();
    }
    LockWaiter reserved =
        locks.waiters().reservation(owner, request.range(), request.exclusive(), nanoTime());
    return reserved == null ? null : reserved.asConflict();
  }

  private LockState grant(FileLocks locks, OpenState open, OwnerKey owner, LockRequest request)
      throws NfsStatusException {
    LockState known = locks.find(open, owner.owner());
    LockState state =
        known != null
            ? known
            : new LockState(
                open, owner, locks, registry.freshOther(), statesMade.incrementAndGet());
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
      registry.register(state, Nfsstat4.NFS4ERR_DELAY);
      registered = true;
    } finally {
      if (!registered) {
        ranges.remove(state.clientid(), Math.max(0, change.growth()));
      }
    }
    state.open().children().add(state);
    locks.add(state);
  }

  /** Counts the ranges that a change adds. NFS4ERR_DELAY fits best among the errors of LOCK. */
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
   * Returns a lock that conflicts with a lock of this owner (LOCKT), if there is one. A range that
   * is reserved for a waiting request does not conflict, because it is not locked yet.
   *
   * @throws NfsStatusException NFS4ERR_DELAY while conflicting courtesy clients expire
   */
  public Optional<LockConflict> test(
      long clientid, FileKey key, Opaque asking, ByteRange range, boolean exclusive)
      throws NfsStatusException {
    OwnerKey owner = new OwnerKey(clientid, asking);
    return conflicts.run(work -> {
      FileState file = registry.file(key);
      if (file == null) {
        return Optional.empty();
      }
      synchronized (file) {
        FileLocks locks = file.locksIfAny();
        if (locks == null) {
          return Optional.empty();
        }
        if (!work.isFinal()) {
          expireHolders(locks, owner, range, exclusive, work);
        }
        return Optional.ofNullable(locks.conflict(owner, range, exclusive))
            .map(LockedRange::asConflict);
      }
    });
  }

  /**
   * Unlocks the bytes of a range that the lock-owner has locked (LOCKU). There may be none.
   *
   * @return the lock stateid after the operation
   * @throws NfsStatusException NFS4ERR_DELAY if splitting a range would exceed a limit; the errors
   *     of the stateid
   */
  public Stateid4 unlock(long clientid, FileKey key, Stateid4 stateid, ByteRange range)
      throws NfsStatusException {
    LockState state = lockState(registry.find(clientid, key, stateid));
    FileState file = state.file();
    Stateid4 left;
    synchronized (file) {
      registry.checkSeqid(state, stateid);
      FileLocks locks = file.locks(this::noLocks);
      LockChange change = locks.unlocking(state.owner(), range);
      checkRoom(locks, clientid, change);
      locks.apply(change);
      state.advance();
      left = state.stateid();
    }
    wakeups.wake(file);
    return left;
  }

  private long nanoTime() {
    return env.ticker().nanoTime();
  }
}
