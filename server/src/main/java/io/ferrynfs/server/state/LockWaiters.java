package io.ferrynfs.server.state;

import io.ferrynfs.server.LockLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The queue of lock requests that wait for ranges of one file, in order of arrival (RFC 8881
 * section 9.6). The server reserves a released range for the first request for some time and
 * notifies its client (CB_NOTIFY_LOCK). Otherwise clients that poll often would always precede a
 * client that polls seldom.
 *
 * <p>A client may stop polling without notice. Therefore a request that is not repeated loses its
 * place, and a reservation lasts {@link LockLimits#handover}, or a lease time if the client cannot
 * be notified. The monitor of the file's {@link FileState} guards it.
 */
final class LockWaiters {
  private final long leaseNanos;
  private final long handoverNanos;
  private final long patienceNanos;
  private final int lengthMax;
  private final ClientCount perClient;
  private final List<LockWaiter> queue = new ArrayList<>();
  private boolean timed;

  LockWaiters(LockLimits limits, long leaseNanos, ClientCount perClient) {
    this.leaseNanos = leaseNanos;
    this.perClient = perClient;
    handoverNanos = limits.handover().toNanos();
    patienceNanos = limits.patience().toNanos();
    lengthMax = limits.waitersPerFileMax();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int size() {
    return queue.size();
  }

  /** Queues a denied request, or keeps its place in the queue. */
  void denied(LockRequest request, OpenState open, OwnerKey owner, long nowNanos) {
    LockWaiter waiter = find(owner, request.range(), request.exclusive());
    if (waiter == null) {
      if (queue.size() >= lengthMax) {
        removeIf(other -> isStale(other, nowNanos));
      }
      if (queue.size() >= lengthMax || !perClient.add(owner.clientid(), 1)) {
        // The client polls without a place in the queue.
        return;
      }
      waiter = new LockWaiter(open, owner, request.range(), request.exclusive());
      queue.add(waiter);
    }
    waiter.denied(nowNanos, request.notice());
  }

  private @Nullable LockWaiter find(OwnerKey owner, ByteRange range, boolean exclusive) {
    for (LockWaiter waiter : queue) {
      if (waiter.isSame(owner, range, exclusive)) {
        return waiter;
      }
    }
    return null;
  }

  /** Removes the requests of an owner that got its lock or stopped waiting. */
  void remove(OwnerKey owner, ByteRange range) {
    removeIf(waiter -> waiter.owner().equals(owner) && waiter.range().overlaps(range));
  }

  void removeOf(OpenState open) {
    removeIf(waiter -> waiter.open() == open);
  }

  private void removeIf(Predicate<LockWaiter> condition) {
    queue.removeIf(waiter -> {
      boolean isRemoved = condition.test(waiter);
      if (isRemoved) {
        perClient.remove(waiter.owner().clientid(), 1);
      }
      return isRemoved;
    });
  }

  /** Returns the request of another owner that has reserved the range, or null. */
  @Nullable LockWaiter reservation(
      OwnerKey owner, ByteRange wanted, boolean exclusive, long nowNanos) {
    for (LockWaiter waiter : queue) {
      if (waiter.isReserved()
          && waiter.untilNanos() - nowNanos > 0
          && waiter.conflicts(owner, wanted, exclusive)) {
        return waiter;
      }
    }
    return null;
  }

  /**
   * Reserves free ranges for the first requests after a release or an expired reservation.
   *
   * @return the notices to send under no lock
   */
  List<Runnable> promote(FileLocks locks, long nowNanos) {
    removeIf(waiter -> isStale(waiter, nowNanos));
    List<Runnable> notices = new ArrayList<>();
    List<LockWaiter> ahead = new ArrayList<>();
    for (LockWaiter waiter : queue) {
      if (!waiter.isReserved() && isFree(waiter, ahead, locks)) {
        var notice = waiter.notice();
        waiter.reserve(nowNanos + (notice == null ? leaseNanos : handoverNanos));
        if (notice != null) {
          notices.add(() -> notice.accept(waiter.owner().owner()));
        }
      }
      if (waiter.isReserved()) {
        ahead.add(waiter);
      }
    }
    return notices;
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
   * Returns the nanoseconds until the next reservation expires; negative if there is none or a
   * timer runs already.
   */
  long nanosToTimer(long nowNanos) {
    long nanos = Long.MAX_VALUE;
    for (LockWaiter waiter : queue) {
      if (waiter.isReserved()) {
        nanos = Math.min(nanos, Math.max(0, waiter.untilNanos() - nowNanos));
      }
    }
    return timed || nanos == Long.MAX_VALUE ? -1 : nanos;
  }

  /** Records whether a timer runs. */
  void setTimed(boolean started) {
    timed = started;
  }
}
