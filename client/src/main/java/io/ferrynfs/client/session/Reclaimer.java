package io.ferrynfs.client.session;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Recovers the opens of a client after the server lost them. */
public interface Reclaimer {

  /** A client without opens. */
  Reclaimer NONE =
      new Reclaimer() {
        @Override
        public CompletableFuture<Void> reclaim(
            Function<Compound, CompletableFuture<Results>> call) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> reopen(Function<Compound, CompletableFuture<Results>> call) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public void revoked() {}

        @Override
        public void callbacksDown() {}
      };

  /**
   * Reclaims the opens by CLAIM_PREVIOUS, before RECLAIM_COMPLETE (RFC 8881 section 8.4.2.1). Does
   * not fail because of a single open.
   *
   * @param call sends a COMPOUND while other calls wait
   */
  CompletableFuture<Void> reclaim(Function<Compound, CompletableFuture<Results>> call);

  /** Opens again the files that could not be reclaimed, after RECLAIM_COMPLETE. */
  CompletableFuture<Void> reopen(Function<Compound, CompletableFuture<Results>> call);

  /** Starts to find out which state the server revoked (SEQ4_STATUS flags). Returns at once. */
  void revoked();

  /** Returns the delegations, because the server cannot recall them. Returns at once. */
  void callbacksDown();
}
