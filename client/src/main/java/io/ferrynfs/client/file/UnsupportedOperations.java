package io.ferrynfs.client.file;

import io.ferrynfs.client.session.PeerIdentity;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The operations a server has said it does not support, by file system: one export's refusal says
 * nothing about another, one operation's nothing about another (copy-conformance C-046, lesson
 * B45), and one partner's nothing about another or about copies inside the server (F-011).
 */
public final class UnsupportedOperations {

  private static final int REMEMBERED_MAX = 4096;

  private record Refusal(NfsOpnum4 operation, Fsid4 fileSystem, @Nullable PeerIdentity partner) {}

  private final Set<Refusal> known = ConcurrentHashMap.newKeySet();

  private final Map<PeerIdentity, Long> later = new ConcurrentHashMap<>();
  private final Map<PeerIdentity, Long> together = new ConcurrentHashMap<>();

  public boolean isRefused(NfsOpnum4 operation, Fsid4 fileSystem) {
    return known.contains(new Refusal(operation, fileSystem, null));
  }

  public void refused(NfsOpnum4 operation, Fsid4 fileSystem) {
    remember(new Refusal(operation, fileSystem, null));
  }

  /** Likewise of an operation that involves another server. */
  public boolean isRefused(NfsOpnum4 operation, Fsid4 fileSystem, PeerIdentity partner) {
    return known.contains(new Refusal(operation, fileSystem, partner));
  }

  /** Likewise of an operation that involves another server. */
  public void refused(NfsOpnum4 operation, Fsid4 fileSystem, PeerIdentity partner) {
    remember(new Refusal(operation, fileSystem, partner));
  }

  /** This server need not be asked for anything with that one until a time has come. */
  public void putOff(PeerIdentity partner, long untilNanos) {
    if (later.size() < REMEMBERED_MAX) {
      later.put(partner, untilNanos);
    }
  }

  /** Whether that time is still to come. */
  public boolean isPutOff(PeerIdentity partner, long nowNanos) {
    Long until = later.get(partner);
    return until != null && until - nowNanos > 0;
  }

  /**
   * An operation along with OPEN in one COMPOUND need not be tried with that partner until a time
   * has come: the server may lack the current stateid, or the partner what the operation needs.
   */
  public void putOffTogether(PeerIdentity partner, long untilNanos) {
    if (together.size() < REMEMBERED_MAX) {
      together.put(partner, untilNanos);
    }
  }

  /** Whether that time is still to come. */
  public boolean isTogetherPutOff(PeerIdentity partner, long nowNanos) {
    Long until = together.get(partner);
    return until != null && until - nowNanos > 0;
  }

  /** Whether an operation that involves another server is refused by any file system here. */
  public boolean isRefusedAnywhere(NfsOpnum4 operation, PeerIdentity partner) {
    return known.stream()
        .anyMatch(refusal -> refusal.operation() == operation && partner.equals(refusal.partner()));
  }

  private void remember(Refusal refusal) {
    if (known.size() < REMEMBERED_MAX) {
      known.add(refusal);
    }
  }
}
