package io.ferrynfs.client.file;

import io.ferrynfs.client.session.PeerIdentity;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The operations that a server is known not to support. Each entry is for one operation and one
 * file system (C-046), and a copy between servers for one partner (F-011). Safe for use by several
 * threads.
 */
public final class UnsupportedOperations {

  private static final int ENTRIES_MAX = 4096;

  private record Entry(NfsOpnum4 operation, Fsid4 fileSystem, @Nullable PeerIdentity partner) {}

  private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
  private final Map<PeerIdentity, Long> deferred = new ConcurrentHashMap<>();
  private final Map<PeerIdentity, Long> combinedDeferred = new ConcurrentHashMap<>();

  public boolean contains(NfsOpnum4 operation, Fsid4 fileSystem) {
    return entries.contains(new Entry(operation, fileSystem, null));
  }

  public void add(NfsOpnum4 operation, Fsid4 fileSystem) {
    add(new Entry(operation, fileSystem, null));
  }

  /** Returns whether the server does not support an operation that involves another server. */
  public boolean contains(NfsOpnum4 operation, Fsid4 fileSystem, PeerIdentity partner) {
    return entries.contains(new Entry(operation, fileSystem, partner));
  }

  /** Adds an operation that involves another server. */
  public void add(NfsOpnum4 operation, Fsid4 fileSystem, PeerIdentity partner) {
    add(new Entry(operation, fileSystem, partner));
  }

  private void add(Entry entry) {
    if (entries.size() < ENTRIES_MAX) {
      entries.add(entry);
    }
  }

  /** Returns whether an operation with a partner is unsupported on any file system. */
  public boolean isUnsupportedAnywhere(NfsOpnum4 operation, PeerIdentity partner) {
    return entries.stream()
        .anyMatch(entry -> entry.operation() == operation && partner.equals(entry.partner()));
  }

  /** Defers all copies from a partner to this server until a time. */
  public void defer(PeerIdentity partner, long untilNanos) {
    if (deferred.size() < ENTRIES_MAX) {
      deferred.put(partner, untilNanos);
    }
  }

  /** Returns whether copies from a partner are deferred. */
  public boolean isDeferred(PeerIdentity partner, long nowNanos) {
    Long until = deferred.get(partner);
    return until != null && until - nowNanos > 0;
  }

  /**
   * Defers COMPOUNDs that combine OPEN with COPY or COPY_NOTIFY for a partner until a time. The
   * server may lack the current stateid, or the partner may lack what the operation needs.
   */
  public void deferCombined(PeerIdentity partner, long untilNanos) {
    if (combinedDeferred.size() < ENTRIES_MAX) {
      combinedDeferred.put(partner, untilNanos);
    }
  }

  /** Returns whether combined COMPOUNDs for a partner are deferred. */
  public boolean isCombinedDeferred(PeerIdentity partner, long nowNanos) {
    Long until = combinedDeferred.get(partner);
    return until != null && until - nowNanos > 0;
  }
}
