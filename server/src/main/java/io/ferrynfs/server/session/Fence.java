package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.Timers;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/**
 * Waits for requests that execute (RFC 7862 section 14.1: EXCHGID4_FLAG_SUPP_FENCE_OPS), so that a
 * client that is told that its session, or its earlier self, is over knows that nothing of it is
 * still to happen. Not for ever: a client that waits for one answer does nothing else meanwhile.
 */
final class Fence {
  static final Duration TIME_MAX = Duration.ofSeconds(10);

  private final Timers timers;

  Fence(Timers timers) {
    this.timers = timers;
  }

  /** Completes with true when all have ended, or with false when they take too long. */
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
