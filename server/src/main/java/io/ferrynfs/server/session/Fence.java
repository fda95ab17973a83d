package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Timers;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/**
 * Waits for the requests that execute (EXCHGID4_FLAG_SUPP_FENCE_OPS, RFC 7862 section 14.1). After
 * the end of its session or of its earlier instance a client may rely on it that no such request
 * has a later effect. The wait is bounded, because the client does nothing else while it waits for
 * the reply.
 */
final class Fence {
  static final Duration TIME_MAX = Duration.ofSeconds(10);

  private final Timers timers;

  Fence(Timers timers) {
    this.timers = timers;
  }

  /** Completes with true when all requests have ended, or with false after {@link #TIME_MAX}. */
  CompletableFuture<Boolean> passed(Collection<CompletableFuture<Void>> executing) {
    CompletableFuture<Boolean> passed = new CompletableFuture<>();
    Cancellable timer = timers.schedule(TIME_MAX, () -> passed.complete(false));
    var _ =
        CompletableFuture.allOf(executing.toArray(CompletableFuture<?>[]::new))
            .thenRun(() -> {
              timer.cancel();
              passed.complete(true);
            });
    return passed;
  }
}
