package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A call between its submission and its reply. Its fields are accessed under the lock of the call
 * queue, except {@link #transmission}, which any thread may read.
 */
final class SessionCall {

  static final int NO_SLOT = -1;

  private static final int UNCACHED_MAX = 3;

  final Compound compound;
  final boolean recovery;
  final CompletableFuture<Results> future = new CompletableFuture<>();
  final long submittedNanos;

  int slot = NO_SLOT;

  /** sa_highest_slotid of the first transmission. Retransmissions have the same bytes. */
  int highestSlot = NO_SLOT;

  long sentNanos;

  /** NFS4ERR_DELAY or NFS4ERR_GRACE if the server delayed the call and it was not sent since. */
  Nfsstat4 lastStatus = Nfsstat4.NFS4_OK;

  /** The operation that was delayed last. */
  NfsOpnum4 delayedOperation = NfsOpnum4.OP_SEQUENCE;

  /** The number of transmissions. A reply to an earlier one is ignored. */
  final AtomicInteger transmission = new AtomicInteger();

  /** The number of transmissions in the current slot whose outcome is not known. */
  int unanswered;

  boolean outcomeUnknown;

  /** The number of connections that ended while the call was pending. */
  int disconnects;

  /** The number of NFS4ERR_RETRY_UNCACHED_REP replies to a single transmission. */
  int uncached;

  private @Nullable Backoff backoff;

  SessionCall(Compound compound, boolean recovery, long submittedNanos) {
    this.compound = compound;
    this.recovery = recovery;
    this.submittedNanos = submittedNanos;
  }

  /** Returns whether the call is more than a SEQUENCE that renews the lease. */
  boolean hasOperations() {
    return !compound.operations().isEmpty();
  }

  /** Records NFS4ERR_DELAY or NFS4ERR_GRACE of an operation. */
  void delayed(NfsOpnum4 at, Nfsstat4 status) {
    delayedOperation = at;
    lastStatus = status;
  }

  /**
   * Returns whether the call may be sent as a new request after NFS4ERR_RETRY_UNCACHED_REP. That
   * error is wrong for a call that was sent once, so it is accepted a few times only.
   */
  boolean mayRepeat(int transmissions) {
    return !compound.changesState() && (transmissions > 1 || uncached++ < UNCACHED_MAX);
  }

  /**
   * Returns whether a delayed call may be sent again: no operation that changes state was executed.
   * Otherwise the caller has to handle the results.
   */
  boolean mayResubmit(Results results) {
    return results.isDelayed() && results.failedIndex() <= compound.firstEffect();
  }

  /** Returns the arguments, which are the same each time for one sequence id. */
  Compound4Args arguments(SessionInfo in, long sequenceId) {
    List<NfsArgop4> operations = new ArrayList<>(compound.operations().size() + 1);
    operations.add(
        new NfsArgop4.Sequence(
            new Sequence4Args(in.id(), sequenceId, slot, highestSlot, compound.changesState())));
    operations.addAll(compound.operations());
    return new Compound4Args(Opaque.EMPTY, in.minorVersion(), operations);
  }

  /** Returns the pause before a delayed call is sent again: doubling, with jitter. */
  Duration delay(Duration first, Duration longest, Env env) {
    if (backoff == null) {
      backoff = new Backoff(first, longest);
    }
    return backoff.next(env.random().nextInt());
  }

  /** Fails the call. The failure reports whether the server may have executed it. */
  void fail(CallException failure) {
    boolean unknown = outcomeUnknown || (unanswered > 0 && compound.changesState());
    future.completeExceptionally(unknown ? failure.withUnknownOutcome() : failure);
  }
}
