package io.ferrynfs.client.session;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The owner of opens, which gets them back when the server has lost them. */
public interface Reclaimer {

  /** Nothing to get back. */
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
   * The server knows this client no more. Reclaims by CLAIM_PREVIOUS, before RECLAIM_COMPLETE (RFC
   * RFC 8881 section 8.4.2.1). Never fails because of a single open.
   *
   * @param call sends a COMPOUND while other calls are held back
   */
  CompletableFuture<Void> reclaim(Function<Compound, CompletableFuture<Results>> call);

  /** After RECLAIM_COMPLETE: opens anew what could not be reclaimed. */
  CompletableFuture<Void> reopen(Function<Compound, CompletableFuture<Results>> call);

  /** The server has revoked some state (SEQ4_STATUS flags): find out which. Returns at once. */
  void revoked();

  /** The server cannot call this client: it cannot recall anything. Returns at once. */
  void callbacksDown();
}
