package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Notices that calls have waited for some time, and that they do so no longer. What it finds is
 * told without the lock of the call queue, which guards it.
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
   * Looks at the calls of now.
   *
   * @param trouble why there is no connection
   * @return what there is to tell, null for nothing new
   */
  @Nullable StallNotice look(
      Stream<SessionCall> calls,
      CallGate gate,
      CallTimeouts patience,
      ProgressTracker headway,
      CallException trouble) {
    long oldest = NOBODY;
    Nfsstat4 said = Nfsstat4.NFS4_OK;
    for (SessionCall call : calls.filter(each -> patience.isWaiting(each, gate)).toList()) {
      oldest = Math.min(oldest, call.submittedNanos);
      said = call.lastStatus == Nfsstat4.NFS4_OK ? said : call.lastStatus;
    }
    return look(oldest, headway.lastHeadwayNanos(), patience.reason(gate, said, trouble.words()));
  }

  private @Nullable StallNotice look(long oldestNanos, long headwayNanos, String reason) {
    long now = env.ticker().nanoTime();
    long since = oldestNanos == NOBODY ? now : Math.max(oldestNanos, headwayNanos);
    StallNotice before = told;
    if (before != null) {
      if (oldestNanos == NOBODY || headwayNanos - toldSinceNanos > 0) {
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
