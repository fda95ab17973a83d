package ferry.client.session;

import ferry.rpc.env.Env;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that calls have waited for some time, and that they do so no longer. What it finds is
 * told without the lock of the call queue, which guards it.
 */
final class WaitWatch {

  /** A call in a slot. */
  static final long NOBODY = Long.MAX_VALUE;

  private static final long NOTICED_AFTER_NANOS = Duration.ofSeconds(3).toNanos();

  private final Env env;
  private volatile Consumer<Waiting> listener = waiting -> {};
  private @Nullable Waiting told;
  private long toldSinceNanos;

  WaitWatch(Env env) {
    this.env = env;
  }

  void listener(Consumer<Waiting> consumer) {
    listener = consumer;
  }

  /**
   * Looks at the calls of now.
   *
   * @param oldestNanos when the first of those that wait was made, {@link #NOBODY} if none does
   * @param headwayNanos when the server last brought a call to its end
   * @return what there is to tell, null for nothing new
   */
  @Nullable Waiting look(long oldestNanos, long headwayNanos, String reason) {
    long now = env.ticker().nanoTime();
    long since = oldestNanos == NOBODY ? now : Math.max(oldestNanos, headwayNanos);
    Waiting before = told;
    if (before != null) {
      if (oldestNanos == NOBODY || headwayNanos - toldSinceNanos > 0) {
        told = null;
        return new Waiting(before.since(), before.reason(), true);
      }
      if (before.reason().equals(reason)) {
        return null;
      }
      told = new Waiting(before.since(), reason, false);
      return told;
    }
    if (now - since > NOTICED_AFTER_NANOS) {
      toldSinceNanos = since;
      told = new Waiting(env.clock().instant().minusNanos(now - since), reason, false);
      return told;
    }
    return null;
  }

  void tell(@Nullable Waiting found) {
    if (found != null) {
      listener.accept(found);
    }
  }
}
