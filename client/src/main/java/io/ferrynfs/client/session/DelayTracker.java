package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.EnumMap;
import java.util.Map;

/**
 * Since when a server has answered an operation with nothing but NFS4ERR_DELAY and NFS4ERR_GRACE,
 * whichever calls asked for it. A client gives up a server that puts off every OPEN once, and not
 * once for each file. Other operations may succeed meanwhile, as they do in a grace period (RFC RFC
 * 8881 section 8.4.2.1). Not safe for threads; the call queue guards it.
 */
final class DelayTracker {

  private final long forgottenNanos;
  private final Map<NfsOpnum4, Spell> spells = new EnumMap<>(NfsOpnum4.class);

  private record Spell(long since, long last) {}

  /**
   * None yet.
   *
   * @param forgottenNanos after so long without an answer the next one is the first again
   */
  DelayTracker(long forgottenNanos) {
    this.forgottenNanos = forgottenNanos;
  }

  /** The server has put the operation off. */
  void add(NfsOpnum4 operation, long now) {
    Spell before = spells.get(operation);
    long since = before == null || now - before.last > forgottenNanos ? now : before.since;
    spells.put(operation, new Spell(since, now));
  }

  /** The server has answered the operation otherwise. */
  void end(NfsOpnum4 operation) {
    spells.remove(operation);
  }

  /** For how long the server has answered the operation so, 0 if it has not. */
  long nanos(NfsOpnum4 operation, long now) {
    Spell spell = spells.get(operation);
    return spell == null ? 0 : now - spell.since;
  }
}
