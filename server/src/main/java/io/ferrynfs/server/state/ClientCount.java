package io.ferrynfs.server.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/** A bounded count for each client. Its monitor is a leaf of the lock order. */
final class ClientCount {
  private final int perClientMax;

  @GuardedBy("this")
  private final Map<Long, Integer> counts = new HashMap<>();

  ClientCount(int perClientMax) {
    this.perClientMax = perClientMax;
  }

  /** Adds to the count of a client. Returns false, without effect, beyond the limit. */
  synchronized boolean add(long clientid, int more) {
    int count = counts.getOrDefault(clientid, 0) + more;
    if (count > perClientMax) {
      return false;
    }
    counts.put(clientid, count);
    return true;
  }

  synchronized void remove(long clientid, int fewer) {
    counts.computeIfPresent(clientid, (_, count) -> count == fewer ? null : count - fewer);
  }

  synchronized int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
