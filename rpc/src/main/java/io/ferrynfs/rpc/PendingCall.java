package io.ferrynfs.rpc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call of ours that waits for its reply. The lock of {@link OutgoingCalls} guards its fields. */
final class PendingCall extends CompletableFuture<RpcReply> {
  private final OutgoingCalls calls;
  final @Nullable BulkTarget bulkTarget;
  final long deadlineNanos;
  int xid;

  /** Its reply is being received into the bulk target: it can only complete with that. */
  boolean isReceiving;

  PendingCall(OutgoingCalls calls, @Nullable BulkTarget bulkTarget, long deadlineNanos) {
    this.calls = calls;
    this.bulkTarget = bulkTarget;
    this.deadlineNanos = deadlineNanos;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return calls.forget(this) && super.cancel(mayInterruptIfRunning);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
