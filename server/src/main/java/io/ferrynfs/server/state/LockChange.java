package io.ferrynfs.server.state;

import java.util.List;

/** The change of the ranges of a lock-owner by a LOCK or LOCKU. */
record LockChange(List<LockedRange> removed, List<LockedRange> added) {

  /** Returns by how much the number of ranges grows. */
  int growth() {
    return added.size() - removed.size();
  }

  boolean isEmpty() {
    return removed.isEmpty() && added.isEmpty();
  }
}
