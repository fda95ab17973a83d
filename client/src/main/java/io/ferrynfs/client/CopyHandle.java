package io.ferrynfs.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A copy under way. */
public interface CopyHandle {

  /** The bytes known to be copied so far, holes included. Never falls, may lag. */
  long bytesSoFar();

  /** The bytes there are to copy, as known when the copy began. */
  long bytesTotal();

  /** The way that the bytes take now; null before any is known to be taken. */
  CopyResult.@Nullable How how();

  /**
   * Completes when the copy is durable and equal, or exceptionally with an {@link NfsException}. It
   * runs dependents on the client's own thread, which must not be blocked.
   */
  CompletableFuture<CopyResult> completion();

  /**
   * The destination's attributes at the end of a copy that set those of {@link
   * NfsCopyOptions#attributes}; null where it did not, or is not complete.
   */
  @Nullable NfsAttributes destination();

  /**
   * Stops the copy. Returns at once; servers are told in the background, and {@link #completion()}
   * ends with {@link NfsException.Reason#CANCELLED} unless the copy was already complete. What was
   * copied stays in the destination.
   */
  void cancel();
}
