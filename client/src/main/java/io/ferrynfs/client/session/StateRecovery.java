package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the opens back from a server that has none of this client: reclaim, RECLAIM_COMPLETE,
 * reopen, while ordinary calls wait. When the session is lost meanwhile, the calls of this run
 * fail, the run ends unheard, and the next session begins another.
 */
final class StateRecovery {

  /** Learns how the run in the current session ended; null is success. */
  interface Listener {
    void ended(@Nullable Throwable failure);
  }

  private final CallQueue queue;
  private final LeaseRenewer lease;
  private final Listener listener;
  private final Object lock = new Object();
  private volatile Reclaimer reclaimer = Reclaimer.NONE;
  private @Nullable Sessionid4 runningIn;
  private boolean needed;

  StateRecovery(CallQueue queue, LeaseRenewer lease, Listener listener) {
    this.queue = queue;
    this.lease = lease;
    this.listener = listener;
  }

  void reclaimer(Reclaimer owner) {
    reclaimer = owner;
  }

  /** The server cannot call this client. */
  void callbacksDown() {
    reclaimer.callbacksDown();
  }

  /** Some state was revoked. */
  void revoked() {
    reclaimer.revoked();
  }

  /**
   * There is a session, perhaps another than before.
   *
   * @param newClient whether the server has lost what it knew of this client
   * @return whether recovery is needed in it
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

  /** Recovers in this session, unless a run is under way in it. */
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

  /** RECLAIM_COMPLETE, also by a client that had nothing to reclaim (section 18.51.3). */
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
