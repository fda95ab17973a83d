package io.ferrynfs.server.state;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a look at the table brings up and is done when no lock is held. Used by one thread. */
final class DeferredWork implements AutoCloseable {
  private final StateTable table;
  private final boolean isFirm;
  private final Set<Long> met = new HashSet<>();
  private final List<StateEntry> removed = new ArrayList<>();
  private final List<DelegationState> recalled = new ArrayList<>();

  /**
   * Nothing came up yet.
   *
   * @param isFirm those whom it will meet do not give way
   */
  DeferredWork(StateTable table, boolean isFirm) {
    this.table = table;
    this.isFirm = isFirm;
  }

  boolean isFirm() {
    return isFirm;
  }

  /** What is refused now may be possible when these clients have given way. */
  void meet(Set<Long> holders) {
    if (!isFirm) {
      met.addAll(holders);
    }
  }

  Set<Long> met() {
    return met;
  }

  List<StateEntry> removed() {
    return removed;
  }

  void recall(DelegationState delegation) {
    recalled.add(delegation);
  }

  @Override
  public void close() {
    table.release(removed);
    recalled.forEach(DelegationState::callHolder);
  }
}
