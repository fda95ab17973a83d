package io.ferrynfs.client;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A running or completed copy. Safe for use by several threads. No method blocks. */
public interface CopyHandle {

  /**
   * Returns the number of bytes known to be copied so far, holes included. The value never
   * decreases and may lag behind the server.
   */
  long bytesSoFar();

  /** Returns the number of bytes to copy, as known when the copy began; 0 before that is known. */
  long bytesTotal();

  /** Returns the way by which the data is being copied; null before the copy has chosen one. */
  CopyResult.@Nullable How how();

  /**
   * Returns a future that completes when the copy is durable. It fails with an {@link NfsException}
   * as {@link NfsClient#copy(NfsPath, NfsClient, NfsPath, NfsCopyOptions)} does. Dependents run on
   * a thread of the client, after the reply to the server's CB_OFFLOAD was sent, and must not
   * block.
   */
  CompletableFuture<CopyResult> completion();

  /**
   * Returns the destination's attributes after a complete copy that set those of {@link
   * NfsCopyOptions#attributes}; null if the copy did not set them or is not complete.
   */
  @Nullable NfsAttributes destination();

  /**
   * Cancels the copy and returns at once. {@link #completion()} fails with {@link
   * NfsException.Reason#CANCELLED} unless the copy was complete. The client cancels the copy at the
   * servers in the background (OFFLOAD_CANCEL, RFC 7862 section 15.8). The destination keeps the
   * data copied so far.
   */
  void cancel();
}
