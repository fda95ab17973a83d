package io.ferrynfs.client.file;

import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import java.nio.channels.OverlappingFileLockException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The byte-range locks of one open file, which is a lock-owner of its own (RFC 8881 section 9).
 * Safe for use by several threads.
 *
 * <p>While a range is locked, requests for the file's data use the stateid of the locks, as those
 * of Linux do (RFC 7862 section 4.3.1 requires it for COPY). If the server loses a lock, reading
 * and writing fail until the lock is released here, so that the program does not overwrite what
 * another lock-owner wrote in between.
 */
public final class ByteRangeLocks {

  /** The length of a range that ends with the file, however long it grows. */
  public static final long TO_END = -1;

  private final HeldRanges ranges;
  private final LockCalls calls;
  private final LockQueue queue;

  ByteRangeLocks(HeldRanges ranges, LockCalls calls, LockQueue queue) {
    this.ranges = ranges;
    this.calls = calls;
    this.queue = queue;
  }

  /**
   * Locks a range and waits until it is granted. Cancelling the future withdraws the request.
   *
   * @param length in bytes, or {@link #TO_END}
   * @throws OverlappingFileLockException if this open file has an overlapping lock or request
   */
  public CompletableFuture<HeldRange> lock(long offset, long length, boolean shared) {
    return queue.wait(ranges.add(offset, length, shared));
  }

  /**
   * Locks a range if no other owner holds a conflicting lock.
   *
   * @param length in bytes, or {@link #TO_END}
   * @return empty if another owner holds a conflicting lock
   * @throws OverlappingFileLockException if this open file has an overlapping lock or request
   */
  public CompletableFuture<Optional<HeldRange>> tryLock(long offset, long length, boolean shared) {
    HeldRanges.Added added = ranges.add(offset, length, shared);
    HeldRange wanted = added.range();
    return Futures.recover(added.overlapsGone(), _ -> CompletableFuture.completedFuture(null))
        .thenCompose(_ -> calls.request(wanted, false))
        .whenComplete((granted, failure) -> {
          if (failure != null) {
            calls.failed(wanted, failure);
          } else if (!granted) {
            ranges.remove(wanted);
          }
        })
        .thenApply(granted -> granted ? Optional.of(wanted) : Optional.empty());
  }

  /** Returns whether the server holds the lock, as far as this client knows. */
  public boolean isHeld(HeldRange range) {
    return ranges.isHeld(range);
  }

  /** Releases a lock. It is released locally even if the server returns an error. */
  public CompletableFuture<Void> unlock(HeldRange range) {
    return calls.unlock(range);
  }

  /** Withdraws all requests and releases all locks, before CLOSE. */
  CompletableFuture<Void> close() {
    boolean waited = queue.cancelAll();
    return waited || ranges.stateid() != null
        ? calls.unlockAll()
        : CompletableFuture.completedFuture(null);
  }

  /** Sends waiting requests again, after CB_NOTIFY_LOCK. */
  void notified() {
    queue.notified();
  }

  /** Reclaims the locks after a restart of the server. */
  CompletableFuture<Void> reclaim(Function<Compound, CompletableFuture<Results>> call) {
    return calls.reclaim(call);
  }

  /** Returns the ranges, for the recovery of lost state. */
  HeldRanges ranges() {
    return ranges;
  }
}
