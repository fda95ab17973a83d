package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.CallProtection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing call that waits for its reply. The lock of {@link OutgoingCalls} guards its non-final
 * fields.
 */
final class PendingCall extends CompletableFuture<RpcReply> {
  private final OutgoingCalls calls;

  /** The request; null for a call that establishes a credential. */
  final @Nullable RpcRequest request;

  final long deadlineNanos;
  int xid;

  /** The protection of the current transmission; null before the first one. */
  @Nullable CallProtection protection;

  /** A time-out or the caller's cancellation ended it before it was transmitted. */
  boolean isAbandoned;

  /** The call was rejected once and its credential renewed. */
  boolean isRenewed;

  /** Its reply is being received into the bulk target: it can only complete with that. */
  boolean isReceiving;

  PendingCall(OutgoingCalls calls, @Nullable RpcRequest request, long deadlineNanos) {
    this.calls = calls;
    this.request = request;
    this.deadlineNanos = deadlineNanos;
  }

  @Nullable BulkTarget bulkTarget() {
    return request == null ? null : request.bulkTarget();
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return calls.abandon(this) && super.cancel(mayInterruptIfRunning);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
