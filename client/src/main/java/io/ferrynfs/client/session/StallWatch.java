package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Detects that calls have waited for some time, and that they no longer wait. Not safe for use by
 * several threads, except {@link #listener} and {@link #notifyListener}, which is called without a
 * lock.
 */
final class StallWatch {

  private static final long NONE_WAITING = Long.MAX_VALUE;

  private static final long NOTICE_AFTER_NANOS = Duration.ofSeconds(3).toNanos();

  private final Env env;
  private volatile Consumer<StallNotice> listener = waiting -> {};
  private @Nullable StallNotice lastNotice;
  private long noticeSinceNanos;

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
  @Nullable StallNotice check(
      Stream<SessionCall> calls,
      CallGate gate,
      CallTimeouts timeouts,
      ProgressTracker progress,
      CallException trouble) {
    long oldest = NONE_WAITING;
    Nfsstat4 status = Nfsstat4.NFS4_OK;
    for (SessionCall call : calls.filter(each -> timeouts.isWaiting(each, gate)).toList()) {
      oldest = Math.min(oldest, call.submittedNanos);
      status = call.lastStatus == Nfsstat4.NFS4_OK ? status : call.lastStatus;
    }
    return check(
        oldest, progress.lastProgressNanos(), timeouts.reason(gate, status, trouble.words()));
  }

  private @Nullable StallNotice check(long oldestNanos, long progressNanos, String reason) {
    long now = env.ticker().nanoTime();
    long since = oldestNanos == NONE_WAITING ? now : Math.max(oldestNanos, progressNanos);
    StallNotice before = lastNotice;
    if (before != null) {
      if (oldestNanos == NONE_WAITING || progressNanos - noticeSinceNanos > 0) {
        lastNotice = null;
        return new StallNotice(before.since(), before.reason(), true);
      }
      if (before.reason().equals(reason)) {
        return null;
      }
      lastNotice = new StallNotice(before.since(), reason, false);
      return lastNotice;
    }
    if (now - since > NOTICE_AFTER_NANOS) {
      noticeSinceNanos = since;
      lastNotice = new StallNotice(env.clock().instant().minusNanos(now - since), reason, false);
      return lastNotice;
    }
    return null;
  }

  void notifyListener(@Nullable StallNotice found) {
    if (found != null) {
      listener.accept(found);
    }
  }
}
