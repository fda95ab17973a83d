package io.ferrynfs.server.offload;

import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.Offload;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.status.StatusMap;
import io.ferrynfs.server.status.ValidErrors;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One copy: an asynchronous one from the reply to COPY until its client knows how it ended, or a
 * synchronous one until the reply.
 *
 * <p>One thread at a time works on it; others may ask how far it is and tell it to stop. It has
 * ended when its files are closed and its outcome stands, or when nobody wants to know the outcome
 * any more.
 */
final class CopyJob implements Offload {
  /** How often a piece is tried again that the volume could not copy just now. */
  private static final int PAUSES_MAX = 20;

  private final long id;
  private final CopyRequest request;
  private final Copier copier;
  private final long startedNanos;
  private final Consumer<CopyJob> onAbandon;
  private final @Nullable CompletableFuture<CopyOutcome> answer;
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private final AtomicBoolean told = new AtomicBoolean();

  /** Set before anything works on the copy. */
  private volatile @Nullable Stateid4 stateid;

  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private volatile Stop stop = Stop.NONE;

  /** Set before {@link Stop#REVOKED}. */
  private volatile @Nullable Nfsstat4 revocation;

  private volatile boolean ended;
  private volatile @Nullable CopyOutcome outcome;

  // Of the thread that works on it.
  private int pauses;
  private long turnedNanos;
  private boolean hasTurned;
  private boolean hasWaited;
  private @Nullable Nfsstat4 failure;

  /** Why a copy is to end before it is complete; the later ones overrule the earlier. */
  enum Stop {
    NONE,
    /** The server stops: the client gets what there is, and asks the next instance for the rest. */
    SHUTDOWN,
    /** The administrator said so: the client gets what there is. */
    ADMINISTRATOR,
    /** It may not go on: the client is told why. */
    REVOKED,
    /** The client cancelled it or is gone: nobody is told. */
    ABANDONED
  }

  /** What comes after a piece. */
  enum Next {
    ANOTHER_PIECE,
    A_PAUSE,
    /** Nothing of the source is here yet. */
    A_WAIT,
    THE_END
  }

  /**
   * A copy before its first piece.
   *
   * @param id what the administrator calls it
   * @param copier copies the request's range
   * @param onAbandon called once per {@link #abandon}, on the thread that removed the stateid
   * @param answer what the reply waits for, null if that has been sent
   */
  CopyJob(
      long id,
      CopyRequest request,
      Copier copier,
      long startedNanos,
      Consumer<CopyJob> onAbandon,
      @Nullable CompletableFuture<CopyOutcome> answer) {
    this.id = id;
    this.request = request;
    this.copier = copier;
    this.startedNanos = startedNanos;
    this.onAbandon = onAbandon;
    this.answer = answer;
  }

  long id() {
    return id;
  }

  CopyRequest request() {
    return request;
  }

  long clientid() {
    return request.client().clientid();
  }

  /** The volume that is written to. */
  Volume volume() {
    return request.target().volume();
  }

  long startedNanos() {
    return startedNanos;
  }

  void named(Stateid4 given) {
    stateid = given;
  }

  Stateid4 stateid() {
    Stateid4 given = stateid;
    if (given == null) {
      throw new IllegalStateException("not registered yet");
    }
    return given;
  }

  /** Bytes copied so far: never less than before. */
  long copied() {
    return copier.copied();
  }

  /** Bytes moved so far, see {@link Copier#moved}. */
  long moved() {
    return copier.moved();
  }

  /** Runs a task when there is something to copy, see {@link Copier#whenReady}. */
  void whenReady(Runnable task) {
    copier.whenReady(task);
  }

  /** How it ended; null before, and when nobody was to know. */
  @Nullable CopyOutcome outcome() {
    return outcome;
  }

  /** Completes when nothing is written any more for this copy. */
  CompletableFuture<Void> quiet() {
    return quiet;
  }

  /** Completes when its files are closed. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /** Tells it to end after the piece that is being copied, and how. */
  void revoke(Nfsstat4 why) {
    revocation = why;
    stop(Stop.REVOKED);
  }

  /** Whether it ended, or is to, because it may not go on. */
  boolean isRevoked() {
    return stop == Stop.REVOKED && failure == revocation;
  }

  /** Tells it to end after the piece that is being copied. */
  synchronized void stop(Stop why) {
    if (why.compareTo(stop) > 0) {
      stop = why;
    }
  }

  boolean isStopped() {
    return stop != Stop.NONE;
  }

  boolean isAbandoned() {
    return stop == Stop.ABANDONED;
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public boolean isActive() {
    return !ended;
  }

  @Override
  public void abandon() {
    stop(Stop.ABANDONED);
    onAbandon.accept(this);
  }

  /** Whether its client waits for the reply. */
  boolean isSynchronous() {
    return answer != null;
  }

  /** What the reply waits for, null if that has been sent. */
  @Nullable CompletableFuture<CopyOutcome> answer() {
    return answer;
  }

  /** How long its first piece was ago at this time. */
  long sinceFirstTurnNanos(long now) {
    if (!hasTurned) {
      hasTurned = true;
      turnedNanos = now;
    }
    return now - turnedNanos;
  }

  /** Whether it waits for its source for the first time. */
  boolean isFirstWait() {
    boolean isFirst = !hasWaited;
    hasWaited = true;
    return isFirst;
  }

  /** Copies the next piece, or finds that there is no other one. */
  Next step() {
    if (isAbandoned()) {
      return Next.THE_END;
    }
    try {
      if (stop == Stop.REVOKED) {
        failure = revocation;
        return Next.THE_END;
      }
      if (isStopped()) {
        // NFS4_OK with no bytes at all would tell the client that the source ends here.
        if (copier.copied() == 0 && copier.smallStep() == Copier.NOT_YET) {
          failure = Nfsstat4.NFS4ERR_OFFLOAD_DENIED;
        }
        return Next.THE_END;
      }
      long bytes = copier.step();
      pauses = 0;
      if (bytes == Copier.NOT_YET) {
        return Next.A_WAIT;
      }
      if (bytes == 0 || copier.isComplete()) {
        return Next.THE_END;
      }
      if (stop == Stop.REVOKED) {
        failure = revocation;
      }
      return isStopped() ? Next.THE_END : Next.ANOTHER_PIECE;
    } catch (NfsStatusException refused) {
      failure = ValidErrors.constrain(NfsOpnum4.OP_COPY, refused.status());
      return Next.THE_END;
    } catch (StorageException e) {
      if (isSynchronous()) {
        failure = ValidErrors.constrain(NfsOpnum4.OP_COPY, StatusMap.of(e.status()));
        return Next.THE_END;
      }
      if (e.status() == Status.TRY_LATER && pauses++ < PAUSES_MAX) {
        return Next.A_PAUSE;
      }
      failure = CopyOutcome.status(e.status());
      return Next.THE_END;
    }
  }

  /** A fault of ours while a piece was copied. */
  void fail() {
    failure = Nfsstat4.NFS4ERR_SERVERFAULT;
  }

  /** What was in the way, null when nothing was. */
  @Nullable Nfsstat4 failure() {
    return failure;
  }

  /**
   * The files are closed and this is how it ended.
   *
   * @return false when nobody is to know
   */
  synchronized boolean end(@Nullable CopyOutcome result) {
    ended = true;
    if (isAbandoned()) {
      return false;
    }
    outcome = result;
    return result != null;
  }

  /** True for the first who finds that the client knows, or will never know. */
  boolean markTold() {
    return told.compareAndSet(false, true);
  }

  void closeFiles() {
    try (FileUse _ = request.to()) {
      copier.stop();
      request.source().close();
    } finally {
      closed.complete(null);
    }
  }
}
