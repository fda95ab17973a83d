package io.ferrynfs.server.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The number of delegations, the recalled ones, and the files that are contended. Its monitor is a
 * leaf of the lock order, like that of {@link ClientStates}.
 *
 * <p>A file whose delegation was recalled is likely to be changed again, and each recall delays the
 * changing client by a second. Therefore the server remembers these files in two generations. While
 * the memory is full, it grants no delegations.
 */
final class DelegationRegistry {
  private final Ticker ticker;
  private final long leaseNanos;
  private final DelegationLimits limits;
  private final long generationNanos;

  @GuardedBy("this")
  private final Set<DelegationState> recalled = new HashSet<>();

  @GuardedBy("this")
  private final Map<Long, Integer> perClient = new HashMap<>();

  @GuardedBy("this")
  private int count;

  @GuardedBy("this")
  private Set<FileKey> contended = new HashSet<>();

  @GuardedBy("this")
  private Set<FileKey> contendedBefore = new HashSet<>();

  @GuardedBy("this")
  private long generationEndNanos;

  DelegationRegistry(ServerLimits limits, Ticker ticker) {
    this.ticker = ticker;
    this.limits = limits.delegations();
    leaseNanos = Duration.ofSeconds(limits.leaseSeconds()).toNanos();
    generationNanos = Duration.ofSeconds(this.limits.contendedSecondsMin()).toNanos();
    generationEndNanos = ticker.nanoTime() + generationNanos;
  }

  long nanoTime() {
    return ticker.nanoTime();
  }

  long leaseNanos() {
    return leaseNanos;
  }

  /** Adds a delegation. Returns false at a limit. */
  synchronized boolean add(DelegationState delegation) {
    int held = perClient.getOrDefault(delegation.clientid(), 0);
    if (count >= limits.delegationsMax() || held >= limits.delegationsPerClientMax()) {
      return false;
    }
    perClient.put(delegation.clientid(), held + 1);
    count++;
    return true;
  }

  /** Removes a delegation that was added. */
  synchronized void remove(DelegationState delegation) {
    recalled.remove(delegation);
    perClient.computeIfPresent(delegation.clientid(), (_, held) -> held == 1 ? null : held - 1);
    count--;
  }

  /** Records that a delegation is recalled because of a change of its file. */
  synchronized void addRecalled(DelegationState delegation) {
    age();
    recalled.add(delegation);
    if (contended.size() < limits.contendedFilesMax()) {
      contended.add(delegation.key());
    }
  }

  /** Returns whether a delegation of the file would probably be recalled soon. */
  synchronized boolean isContended(FileKey file) {
    age();
    return contended.contains(file)
        || contendedBefore.contains(file)
        || contended.size() >= limits.contendedFilesMax()
        || contendedBefore.size() >= limits.contendedFilesMax();
  }

  @GuardedBy("this")
  private void age() {
    long now = ticker.nanoTime();
    while (now - generationEndNanos >= 0) {
      boolean isOutdated = now - generationEndNanos >= generationNanos;
      contendedBefore = isOutdated ? new HashSet<>() : contended;
      contended = new HashSet<>();
      generationEndNanos =
          isOutdated ? now + generationNanos : generationEndNanos + generationNanos;
    }
  }

  /** Returns the recalled delegations. */
  synchronized List<DelegationState> outstanding() {
    return List.copyOf(recalled);
  }
}
