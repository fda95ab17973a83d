package io.ferrynfs.server.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.wire.nfs4.Nfs4;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one client holds. A leaf in the order of locks: its monitor is taken under a {@link
 * FileState}'s, never the other way round.
 */
final class ClientStates {
  @GuardedBy("this")
  private final Set<StateEntry> entries = new HashSet<>();

  /** How many traces there are of each kind. */
  @GuardedBy("this")
  private final Map<Revocation, Integer> revoked = new EnumMap<>(Revocation.class);

  @GuardedBy("this")
  private boolean gone;

  /** Whether the lease ran out with all that there was. */
  @GuardedBy("this")
  private boolean lostAll;

  private volatile long statusFlags;

  /** Outcome of {@link #add}. */
  enum Added {
    OK,
    FULL,
    GONE
  }

  synchronized Added add(StateEntry entry, int entriesMax) {
    if (gone) {
      return Added.GONE;
    }
    if (entries.size() >= entriesMax) {
      return Added.FULL;
    }
    entries.add(entry);
    return Added.OK;
  }

  synchronized void remove(StateEntry entry) {
    if (entries.remove(entry) && entry instanceof RevokedState trace) {
      revoked.computeIfPresent(trace.why(), (_, count) -> count == 1 ? null : count - 1);
      updateFlags();
    }
  }

  /** An entry is revoked and leaves a trace; false when the client has gone, which leaves none. */
  synchronized boolean replace(StateEntry entry, RevokedState trace) {
    entries.remove(entry);
    if (gone) {
      return false;
    }
    entries.add(trace);
    revoked.merge(trace.why(), 1, Integer::sum);
    updateFlags();
    return true;
  }

  /** Because the lease ran out, everything has been revoked. */
  synchronized void lostAll() {
    lostAll = true;
    updateFlags();
  }

  @GuardedBy("this")
  private void updateFlags() {
    long flags = 0;
    for (Revocation why : revoked.keySet()) {
      flags |= why.flag();
    }
    boolean isExpired = (flags & Revocation.LEASE_EXPIRED.flag()) != 0;
    lostAll &= isExpired;
    if (lostAll) {
      flags ^= Revocation.LEASE_EXPIRED.flag() | Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED;
    }
    statusFlags = flags;
  }

  /** What SEQUENCE says of stateids that were revoked and not freed yet. */
  long statusFlags() {
    return statusFlags;
  }

  synchronized List<StateEntry> all() {
    return new ArrayList<>(entries);
  }

  synchronized boolean holdsClient() {
    return entries.stream().anyMatch(StateEntry::holdsClient);
  }

  synchronized ClientHoldings holdings() {
    Map<StateEntry.Kind, Integer> counts = new EnumMap<>(StateEntry.Kind.class);
    entries.forEach(entry -> counts.merge(entry.kind(), 1, Integer::sum));
    return new ClientHoldings(
        counts.getOrDefault(StateEntry.Kind.OPEN, 0),
        counts.getOrDefault(StateEntry.Kind.LOCK, 0),
        counts.getOrDefault(StateEntry.Kind.DELEGATION, 0),
        counts.getOrDefault(StateEntry.Kind.COPY, 0)
            + counts.getOrDefault(StateEntry.Kind.NOTIFY, 0));
  }

  /** How much outlives the client's lease. */
  synchronized int courtesyStateids() {
    return (int) entries.stream().filter(entry -> entry.kind().outlivesLease).count();
  }

  /** What goes when the client's lease runs out, whether it is wanted by others or not. */
  synchronized List<StateEntry> boundToLease() {
    return entries.stream().filter(entry -> !entry.kind().outlivesLease).toList();
  }

  /** Nothing is added any more; what is there is to be removed by the caller. */
  synchronized List<StateEntry> end() {
    gone = true;
    return new ArrayList<>(entries);
  }
}
