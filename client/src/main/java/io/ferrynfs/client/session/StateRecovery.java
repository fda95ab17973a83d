package io.ferrynfs.client.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Recovers the opens from a server that lost them: reclaim, RECLAIM_COMPLETE, reopen. Ordinary
 * calls wait until it ends. If the session is lost during a run, the calls of the run fail, its
 * outcome is ignored, and the next session starts another run.
 */
final class StateRecovery {

  /** Receives the outcome of the run in the present session; null is success. */
  interface Listener {
    void ended(@Nullable Throwable failure);
  }

  private final CallQueue queue;
  private final LeaseRenewer lease;
  private final Listener listener;
  private final Object lock = new Object();
  private volatile Reclaimer reclaimer = Reclaimer.NONE;

  @GuardedBy("lock")
  private @Nullable Sessionid4 runningIn;

  @GuardedBy("lock")
  private boolean needed;

  StateRecovery(CallQueue queue, LeaseRenewer lease, Listener listener) {
    this.queue = queue;
    this.lease = lease;
    this.listener = listener;
  }

  void reclaimer(Reclaimer owner) {
    reclaimer = owner;
  }

  /** Reports that the server cannot call this client. */
  void callbacksDown() {
    reclaimer.callbacksDown();
  }

  /** Reports that the server revoked some state. */
  void revoked() {
    reclaimer.revoked();
  }

  /**
   * Sets the session.
   *
   * @param newClient whether the server has no state of this client
   * @return whether the session needs recovery
   */
  boolean session(Sessionid4 id, boolean newClient) {
    synchronized (lock) {
      needed |= newClient;
      if (!id.equals(runningIn)) {
        runningIn = null;
      }
      return needed;
    }
  }

  /** Starts recovery in a session, unless it is running there. */
  void run(Sessionid4 id) {
    synchronized (lock) {
      needed = true;
      if (id.equals(runningIn)) {
        return;
      }
      runningIn = id;
    }
    Reclaimer owner = reclaimer;
    var _ =
        owner
            .reclaim(compound -> call(id, compound))
            .thenCompose(done -> complete(id))
            .thenCompose(done -> owner.reopen(compound -> call(id, compound)))
            .whenComplete((done, failure) -> ended(id, failure));
  }

  private void ended(Sessionid4 id, @Nullable Throwable failure) {
    synchronized (lock) {
      if (!id.equals(runningIn)) {
        return;
      }
      runningIn = null;
      needed = failure != null;
    }
    listener.ended(failure == null ? null : CallFailures.cause(failure));
  }

  private CompletableFuture<Results> call(Sessionid4 id, Compound compound) {
    synchronized (lock) {
      if (!id.equals(runningIn)) {
        return CompletableFuture.failedFuture(
            CallException.of(Kind.UNREACHABLE, "the session was lost during recovery"));
      }
    }
    lease.watch();
    return queue.submit(compound, true);
  }

  /** Sends RECLAIM_COMPLETE, even if there was nothing to reclaim (RFC 8881 section 18.51.3). */
  private CompletableFuture<Void> complete(Sessionid4 id) {
    Compound compound =
        Compound.of().once(new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false))).build();
    return call(id, compound)
        .thenAccept(results -> {
          if (!results.ok() && results.status() != Nfsstat4.NFS4ERR_COMPLETE_ALREADY) {
            throw new CompletionException(results.failure());
          }
        });
  }
}
