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
 * A call between its submission and its reply. Guarded by the session's lock, but that any thread
 * may look at how often it was transmitted.
 */
final class SessionCall {

  static final int NO_SLOT = -1;

  private static final int UNCACHED_MAX = 3;

  final Compound compound;
  final boolean recovery;
  final CompletableFuture<Results> future = new CompletableFuture<>();
  final long submittedNanos;

  int slot = NO_SLOT;

  /** sa_highest_slotid of the first transmission: the later ones have the same bytes. */
  int highestSlot = NO_SLOT;

  long sentNanos;

  /** NFS4ERR_DELAY or NFS4ERR_GRACE from when the server answers so until it is sent again. */
  Nfsstat4 lastStatus = Nfsstat4.NFS4_OK;

  /** The operation that was answered so last. */
  NfsOpnum4 putOffAt = NfsOpnum4.OP_SEQUENCE;

  /** Raised with every transmission: a reply to an earlier one is told by it and ignored. */
  final AtomicInteger transmission = new AtomicInteger();

  /** Transmissions in the current slot whose outcome is not known. */
  int unanswered;

  boolean perhapsDone;

  /** Connections that ended while it was unanswered. */
  int breaks;

  /** How often the server has said that it did not keep the reply, with none to keep. */
  int uncached;

  private @Nullable Backoff backoff;

  SessionCall(Compound compound, boolean recovery, long submittedNanos) {
    this.compound = compound;
    this.recovery = recovery;
    this.submittedNanos = submittedNanos;
  }

  /** Whether it is more than a renewal of the lease. */
  boolean isWaitedFor() {
    return !compound.operations().isEmpty();
  }

  /** The server has asked to come again. */
  void putOff(NfsOpnum4 at, Nfsstat4 status) {
    putOffAt = at;
    lastStatus = status;
  }

  /**
   * Whether it may go as a new one when its reply was not kept. To one that was sent only once this
   * is no answer, so it is not believed for ever.
   */
  boolean mayRepeat(int transmissions) {
    return !compound.changesState() && (transmissions > 1 || uncached++ < UNCACHED_MAX);
  }

  /**
   * The server asks to come again, and nothing has happened yet. When it says so after an operation
   * that took effect, the caller has to look at what it got.
   */
  boolean mayTryAgain(Results results) {
    return results.isPutOff() && results.failedIndex() <= compound.firstEffect();
  }

  /** Its bytes, the same each time that it is sent under this sequence id. */
  Compound4Args arguments(SessionInfo in, long sequenceId) {
    List<NfsArgop4> operations = new ArrayList<>(compound.operations().size() + 1);
    operations.add(
        new NfsArgop4.Sequence(
            new Sequence4Args(in.id(), sequenceId, slot, highestSlot, compound.changesState())));
    operations.addAll(compound.operations());
    return new Compound4Args(Opaque.EMPTY, in.minorVersion(), operations);
  }

  /** How long to wait before the server is asked again: doubling, with jitter. */
  Duration delay(Duration first, Duration longest, Env env) {
    if (backoff == null) {
      backoff = new Backoff(first, longest);
    }
    return backoff.next(env.random().nextInt());
  }

  /** Fails it, and says so if the server may have carried it out all the same. */
  void fail(CallException failure) {
    boolean unknown = perhapsDone || (unanswered > 0 && compound.changesState());
    future.completeExceptionally(unknown ? failure.butPerhapsDone() : failure);
  }
}
