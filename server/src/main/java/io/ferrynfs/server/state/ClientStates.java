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
 * The state of one client. Its monitor is a leaf of the lock order: a thread may take it while it
 * holds the monitor of a {@link FileState}, never the other way round.
 */
final class ClientStates {
  @GuardedBy("this")
  private final Set<StateEntry> entries = new HashSet<>();

  /** The number of revoked stateids by reason. */
  @GuardedBy("this")
  private final Map<Revocation, Integer> revoked = new EnumMap<>(Revocation.class);

  @GuardedBy("this")
  private boolean gone;

  /** Whether an expired lease revoked all state of the client. */
  @GuardedBy("this")
  private boolean lostAll;

  private volatile long statusFlags;

  /** The result of {@link #add}. */
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

  /**
   * Replaces a revoked entry by its trace. Returns false, without a trace, if the client was
   * removed.
   */
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

  /** Records that an expired lease revoked all state of the client. */
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

  /** Returns the status flags of SEQUENCE for revoked stateids that the client has not freed. */
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

  /** Returns the number of stateids that outlive the client's lease. */
  synchronized int courtesyStateids() {
    return (int) entries.stream().filter(entry -> entry.kind().outlivesLease).count();
  }

  /** Returns the state that ends with the client's lease even if no other client needs it. */
  synchronized List<StateEntry> boundToLease() {
    return entries.stream().filter(entry -> !entry.kind().outlivesLease).toList();
  }

  /** Rejects further state. Returns the present state, which the caller removes. */
  synchronized List<StateEntry> end() {
    gone = true;
    return new ArrayList<>(entries);
  }
}
