package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Detects that calls have waited for some time, and that they no longer wait. Not safe for use by
 * several threads, except {@link #listener} and {@link #tell}, which is called without a lock.
 */
final class StallWatch {

  private static final long NOBODY = Long.MAX_VALUE;

  private static final long NOTICED_AFTER_NANOS = Duration.ofSeconds(3).toNanos();

  private final Env env;
  private volatile Consumer<StallNotice> listener = waiting -> {};
  private @Nullable StallNotice told;
  private long toldSinceNanos;

  StallWatch(Env env) {
    this.env = env;
  }

  void listener(Consumer<StallNotice> consumer) {
    listener = consumer;
  }

  /**
   * Checks the present calls.
   *
   * @param trouble why there is no connection
   * @return a notice for the listener, null if nothing changed
   */
  @Nullable StallNotice look(
      Stream<SessionCall> calls,
      CallGate gate,
      CallTimeouts timeouts,
      ProgressTracker progress,
      CallException trouble) {
    long oldest = NOBODY;
    Nfsstat4 said = Nfsstat4.NFS4_OK;
    for (SessionCall call : calls.filter(each -> timeouts.isWaiting(each, gate)).toList()) {
      oldest = Math.min(oldest, call.submittedNanos);
      said = call.lastStatus == Nfsstat4.NFS4_OK ? said : call.lastStatus;
    }
    return look(oldest, progress.lastProgressNanos(), timeouts.reason(gate, said, trouble.words()));
  }

  private @Nullable StallNotice look(long oldestNanos, long progressNanos, String reason) {
    long now = env.ticker().nanoTime();
    long since = oldestNanos == NOBODY ? now : Math.max(oldestNanos, progressNanos);
    StallNotice before = told;
    if (before != null) {
      if (oldestNanos == NOBODY || progressNanos - toldSinceNanos > 0) {
        told = null;
        return new StallNotice(before.since(), before.reason(), true);
      }
      if (before.reason().equals(reason)) {
        return null;
      }
      told = new StallNotice(before.since(), reason, false);
      return told;
    }
    if (now - since > NOTICED_AFTER_NANOS) {
      toldSinceNanos = since;
      told = new StallNotice(env.clock().instant().minusNanos(now - since), reason, false);
      return told;
    }
    return null;
  }

  void tell(@Nullable StallNotice found) {
    if (found != null) {
      listener.accept(found);
    }
  }
}
