package io.ferrynfs.server.state;

import io.ferrynfs.server.LockLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for locks of one file, in the order in which they came (RFC 8881 section 9.6): what is
 * released is kept for the first of them for a while, and its client told (CB_NOTIFY_LOCK), so that
 * one that polls seldom is not forestalled for ever by others that poll often.
 *
 * <p>A client need not say that it has given up, so nobody keeps a place without asking for it now
 * and then, and nobody is waited for longer than {@link LockLimits#handover}, or a lease where it
 * cannot be told. Guarded by the monitor of the file's {@link FileState}.
 */
final class LockWaiters {
  private final long leaseNanos;
  private final long handoverNanos;
  private final long patienceNanos;
  private final int lengthMax;
  private final ClientCount perClient;
  private final List<LockWaiter> line = new ArrayList<>();
  private boolean timed;

  LockWaiters(LockLimits limits, long leaseNanos, ClientCount perClient) {
    this.leaseNanos = leaseNanos;
    this.perClient = perClient;
    handoverNanos = limits.handover().toNanos();
    patienceNanos = limits.patience().toNanos();
    lengthMax = limits.waitersPerFileMax();
  }

  boolean isEmpty() {
    return line.isEmpty();
  }

  int size() {
    return line.size();
  }

  /** A LOCK that waits was denied: it keeps its place, or goes to the end of the line. */
  void denied(LockRequest request, OpenState open, OwnerKey owner, long nowNanos) {
    LockWaiter waiter = find(owner, request.range(), request.exclusive());
    if (waiter == null) {
      if (line.size() >= lengthMax) {
        removeIf(other -> isStale(other, nowNanos));
      }
      if (line.size() >= lengthMax || !perClient.add(owner.clientid(), 1)) {
        // It polls without a place in the line.
        return;
      }
      waiter = new LockWaiter(open, owner, request.range(), request.exclusive());
      line.add(waiter);
    }
    waiter.asked(nowNanos, request.notice());
  }

  private @Nullable LockWaiter find(OwnerKey owner, ByteRange range, boolean exclusive) {
    for (LockWaiter waiter : line) {
      if (waiter.isSame(owner, range, exclusive)) {
        return waiter;
      }
    }
    return null;
  }

  /** An owner has what it waited for, or says by a LOCK that does not wait that it gives up. */
  void remove(OwnerKey owner, ByteRange range) {
    removeIf(waiter -> waiter.owner().equals(owner) && waiter.range().overlaps(range));
  }

  void removeOf(OpenState open) {
    removeIf(waiter -> waiter.open() == open);
  }

  private void removeIf(Predicate<LockWaiter> condition) {
    line.removeIf(waiter -> {
      boolean goes = condition.test(waiter);
      if (goes) {
        perClient.remove(waiter.owner().clientid(), 1);
      }
      return goes;
    });
  }

  /** For whom the range is kept, so that another owner does not get it now; null for nobody. */
  @Nullable LockWaiter reservation(
      OwnerKey owner, ByteRange wanted, boolean exclusive, long nowNanos) {
    for (LockWaiter waiter : line) {
      if (waiter.isReserved()
          && waiter.untilNanos() - nowNanos > 0
          && waiter.conflicts(owner, wanted, exclusive)) {
        return waiter;
      }
    }
    return null;
  }

  /**
   * Something was released, or somebody did not come in time: keeps for those whose turn it is what
   * they can have now.
   *
   * @return those to be told, under no lock
   */
  List<Runnable> promote(FileLocks locks, long nowNanos) {
    removeIf(waiter -> isStale(waiter, nowNanos));
    List<Runnable> told = new ArrayList<>();
    List<LockWaiter> ahead = new ArrayList<>();
    for (LockWaiter waiter : line) {
      if (!waiter.isReserved() && isFree(waiter, ahead, locks)) {
        var notice = waiter.notice();
        waiter.reserve(nowNanos + (notice == null ? leaseNanos : handoverNanos));
        if (notice != null) {
          told.add(() -> notice.accept(waiter.owner().owner()));
        }
      }
      if (waiter.isReserved()) {
        ahead.add(waiter);
      }
    }
    return told;
  }

  private static boolean isFree(LockWaiter waiter, List<LockWaiter> ahead, FileLocks locks) {
    return locks.conflict(waiter.owner(), waiter.range(), waiter.exclusive()) == null
        && ahead.stream()
            .noneMatch(
                other -> other.conflicts(waiter.owner(), waiter.range(), waiter.exclusive()));
  }

  private boolean isStale(LockWaiter waiter, long nowNanos) {
    return waiter.isReserved()
        ? waiter.untilNanos() - nowNanos <= 0
        : nowNanos - waiter.askedNanos() > patienceNanos;
  }

  /**
   * How long until the next one that is waited for is too late.
   *
   * @return nanoseconds; negative when nobody is waited for, or a timer runs already
   */
  long nanosToTimer(long nowNanos) {
    long nanos = Long.MAX_VALUE;
    for (LockWaiter waiter : line) {
      if (waiter.isReserved()) {
        nanos = Math.min(nanos, Math.max(0, waiter.untilNanos() - nowNanos));
      }
    }
    return timed || nanos == Long.MAX_VALUE ? -1 : nanos;
  }

  /** A timer was started, or has run. */
  void setTimed(boolean started) {
    timed = started;
  }
}
