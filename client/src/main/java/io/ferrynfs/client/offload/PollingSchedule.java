package io.ferrynfs.client.offload;

import java.time.Duration;

/**
 * The intervals between OFFLOAD_STATUS requests (S-013): 3 s, then doubling up to half a lease
 * period; constant while the progress is watched.
 */
final class PollingSchedule {

  static final Duration FIRST = Duration.ofSeconds(3);
  private static final Duration SHORTEST = Duration.ofMillis(50);

  private final Duration longest;
  private final OffloadedCopy.Observer observer;
  private Duration next;

  PollingSchedule(Duration lease, OffloadedCopy.Observer observer) {
    this.longest = lease.dividedBy(2);
    this.observer = observer;
    Duration wanted = observer.every().isZero() ? FIRST : observer.every();
    this.next = wanted.compareTo(SHORTEST) < 0 ? SHORTEST : shorter(wanted, longest);
  }

  Duration next() {
    Duration wait = next;
    if (observer.every().isZero() && !observer.isWatched()) {
      next = shorter(wait.multipliedBy(2), longest);
    }
    return wait;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
