package io.ferrynfs.server.state;

import java.util.List;

/** What a LOCK or LOCKU does to the ranges of a lock-owner. */
record LockChange(List<LockedRange> removed, List<LockedRange> added) {

  /** How many ranges more there are afterwards. */
  int growth() {
    return added.size() - removed.size();
  }

  boolean isEmpty() {
    return removed.isEmpty() && added.isEmpty();
  }
}
