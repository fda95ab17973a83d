package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.EnumMap;
import java.util.Map;

/**
 * Tracks how long a server has answered each operation with NFS4ERR_DELAY or NFS4ERR_GRACE only, in
 * all calls together. So a client waits once for a server that delays every OPEN, not once for each
 * file. Other operations may succeed in that time, as in a grace period (RFC 8881 section 8.4.2.1).
 * Not safe for use by several threads.
 */
final class DelayTracker {

  private final long forgottenNanos;
  private final Map<NfsOpnum4, Spell> spells = new EnumMap<>(NfsOpnum4.class);

  private record Spell(long since, long last) {}

  /**
   * Creates a tracker.
   *
   * @param forgottenNanos a spell of delays ends after this time without another delay
   */
  DelayTracker(long forgottenNanos) {
    this.forgottenNanos = forgottenNanos;
  }

  /** Records a delay of an operation. */
  void add(NfsOpnum4 operation, long now) {
    Spell before = spells.get(operation);
    long since = before == null || now - before.last > forgottenNanos ? now : before.since;
    spells.put(operation, new Spell(since, now));
  }

  /** Records another result of an operation, which ends its spell of delays. */
  void end(NfsOpnum4 operation) {
    spells.remove(operation);
  }

  /** Returns how long the server has delayed an operation, 0 if it does not. */
  long nanos(NfsOpnum4 operation, long now) {
    Spell spell = spells.get(operation);
    return spell == null ? 0 : now - spell.since;
  }
}
