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
 * How many copy-notify stateids there are, and for how long. A leaf in the order of locks, as
 * {@link ClientStates} is.
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

  /** Whether the client, or the server, has as many as it may. */
  synchronized boolean isFull(long clientid) {
    return entries.size() >= entriesMax || perClient.getOrDefault(clientid, 0) >= perClientMax;
  }

  /** One more; false at a limit. */
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

  /** Those of which nobody needs to be told any more that they came too late. */
  synchronized List<NotifyState> forgettable() {
    return entries.stream().filter(NotifyState::isForgettable).toList();
  }

  /** Renews those of an open for the same notice that nobody has read with yet and still may. */
  static void renewUnused(StateEntry parent, CopyNotice notice) {
    of(parent)
        .filter(entry -> !entry.isUsed() && entry.nanosLeft() >= 0)
        .filter(entry -> entry.notice().isSame(notice))
        .forEach(NotifyState::renew);
  }

  /**
   * The one of an open to give up at a limit: that was read with, or whose time is over, and which
   * is idle for the longest time. Linux asks for one for each piece that it copies of a file, and
   * cancels none that served.
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
