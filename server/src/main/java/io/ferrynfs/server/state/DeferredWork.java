package io.ferrynfs.server.state;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The work that an attempt under a file's lock leaves for the time after the lock is released: it
 * releases removed entries and recalls delegations. Used by one thread.
 */
final class DeferredWork implements AutoCloseable {
  private final StateRegistry registry;
  private final boolean isFinal;
  private final Set<Long> conflicting = new HashSet<>();
  private final List<StateEntry> removed = new ArrayList<>();
  private final List<DelegationState> recalled = new ArrayList<>();

  /**
   * @param isFinal whether this attempt fails on a conflict, because the conflicting clients do not
   *     expire
   */
  DeferredWork(StateRegistry registry, boolean isFinal) {
    this.registry = registry;
    this.isFinal = isFinal;
  }

  boolean isFinal() {
    return isFinal;
  }

  /** Records the clients that hold conflicting state; another attempt may follow if they expire. */
  void conflictsWith(Set<Long> holders) {
    if (!isFinal) {
      conflicting.addAll(holders);
    }
  }

  Set<Long> conflicting() {
    return conflicting;
  }

  List<StateEntry> removed() {
    return removed;
  }

  void recall(DelegationState delegation) {
    recalled.add(delegation);
  }

  @Override
  public void close() {
    registry.release(removed);
    recalled.forEach(DelegationState::callHolder);
  }
}
