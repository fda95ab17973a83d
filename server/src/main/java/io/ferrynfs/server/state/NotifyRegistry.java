package io.ferrynfs.server.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.ServerLimits;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The copy-notify stateids, their limits and their lease time. Its monitor is a leaf of the lock
 * order, like that of {@link ClientStates}.
 */
final class NotifyRegistry {
  private final Ticker ticker;
  private final long leaseNanos;
  private final int entriesMax;
  private final int perClientMax;

  @GuardedBy("this")
  private final Set<NotifyState> entries = new HashSet<>();

  @GuardedBy("this")
  private final Map<Long, Integer> perClient = new HashMap<>();

  NotifyRegistry(ServerLimits limits, Ticker ticker) {
    this.ticker = ticker;
    leaseNanos = Duration.ofSeconds(limits.leaseSeconds()).toNanos();
    entriesMax = limits.copies().notifiesMax();
    perClientMax = limits.copies().notifiesPerClientMax();
  }

  long nanoTime() {
    return ticker.nanoTime();
  }

  long leaseNanos() {
    return leaseNanos;
  }

  /** Returns whether the client or the server has reached its limit. */
  synchronized boolean isFull(long clientid) {
    return entries.size() >= entriesMax || perClient.getOrDefault(clientid, 0) >= perClientMax;
  }

  /** Adds an entry. Returns false at a limit. */
  synchronized boolean add(NotifyState entry) {
    if (isFull(entry.clientid())) {
      return false;
    }
    entries.add(entry);
    perClient.merge(entry.clientid(), 1, Integer::sum);
    return true;
  }

  synchronized void remove(NotifyState entry) {
    if (entries.remove(entry)) {
      perClient.computeIfPresent(entry.clientid(), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Returns the entries that expired more than a lease time ago. */
  synchronized List<NotifyState> invalid() {
    return entries.stream().filter(NotifyState::isInvalid).toList();
  }

  /** Renews the unused, valid entries of a parent for the same notice. */
  static void renewUnused(StateEntry parent, CopyNotice notice) {
    of(parent)
        .filter(entry -> !entry.isUsed() && entry.nanosLeft() >= 0)
        .filter(entry -> entry.notice().isSame(notice))
        .forEach(NotifyState::renew);
  }

  /**
   * Returns the entry of a parent to discard at a limit: the one that has been idle longest among
   * the used and the expired ones. The Linux client requests one for each piece of a file that it
   * copies, and cancels none of them.
   */
  static Optional<NotifyState> spent(StateEntry parent) {
    return of(parent)
        .filter(entry -> entry.isUsed() || entry.nanosLeft() < 0)
        .min(Comparator.comparingLong(NotifyState::nanosLeft))
        .filter(entry -> entry.nanosLeft() < Long.MAX_VALUE);
  }

  private static Stream<NotifyState> of(StateEntry parent) {
    return parent.children().stream()
        .filter(NotifyState.class::isInstance)
        .map(NotifyState.class::cast);
  }
}
