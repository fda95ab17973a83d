package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.server.CopyStatus;
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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One copy. An asynchronous copy exists from the reply to COPY until its client knows the outcome,
 * and a synchronous one until the reply.
 *
 * <p>One thread at a time works on it. Other threads may read its progress and stop it.
 */
final class CopyJob implements Offload {
  /**
   * The maximum number of consecutive retries of a piece if the volume is temporarily unable to
   * copy it.
   */
  private static final int PAUSES_MAX = 20;

  private final long id;
  private final CopyRequest request;
  private final Copier copier;
  private final long startedNanos;
  private final Consumer<CopyJob> onAbandon;
  private final @Nullable CompletableFuture<CopyOutcome> answer;
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** Set before any piece is copied. */
  private volatile @Nullable Stateid4 stateid;

  @GuardedBy("this")
  private Phase phase = Phase.COPYING;

  @GuardedBy("this")
  private Stop stop = Stop.NONE;

  /** Set with {@link Stop#REVOKED}. */
  @GuardedBy("this")
  private @Nullable Nfsstat4 revocation;

  /** Set with {@link Phase#UNREPORTED}. */
  @GuardedBy("this")
  private @Nullable CopyOutcome outcome;

  // Used only by the thread that works on the copy.
  private int pauses;
  private long firstPieceNanos;
  private boolean hasBegun;
  private boolean hasWaited;
  private @Nullable Nfsstat4 failure;

  /** The phases of a copy. A copy passes through them in this order and may skip UNREPORTED. */
  enum Phase {
    /** Pieces are waiting or running. */
    COPYING,
    /** The copy writes to the target no longer. It is made durable and its files are closed. */
    FINISHING,
    /** The files are closed. The client does not know the outcome yet. */
    UNREPORTED,
    /** The client knows the outcome or will never know it. */
    ENDED
  }

  /**
   * The reason to end a copy before it is complete. A later reason in this order replaces an
   * earlier one.
   */
  enum Stop {
    NONE,
    /**
     * The server stops. The client receives a short copy and requests the rest from the next
     * instance.
     */
    SHUTDOWN,
    /** The administrator cancelled the copy. The client receives a short copy. */
    ADMINISTRATOR,
    /** The copy may not continue. The client receives the status. */
    REVOKED,
    /** The client cancelled the copy or was removed. The result is not reported. */
    ABANDONED
  }

  /** The event that follows a piece. */
  enum Next {
    ANOTHER_PIECE,
    PAUSE,
    /** The source has not sent data yet. */
    WAIT,
    END
  }

  /**
   * Creates a copy before its first piece.
   *
   * @param id the id for the administrator
   * @param copier copies the range of the request
   * @param onAbandon receives the copy once per {@link #abandon}, on the thread that removed the
   *     stateid
   * @param answer the future of the reply to a synchronous COPY; null for an asynchronous one
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

  /** Returns the volume of the target. */
  Volume volume() {
    return request.target().volume();
  }

  long startedNanos() {
    return startedNanos;
  }

  void register(Stateid4 given) {
    stateid = given;
  }

  Stateid4 stateid() {
    Stateid4 given = stateid;
    if (given == null) {
      throw new IllegalStateException("not registered yet");
    }
    return given;
  }

  /** Returns the number of bytes copied so far, which never decreases. */
  long copied() {
    return copier.copied();
  }

  /** Returns the number of bytes moved so far, see {@link Copier#moved}. */
  long moved() {
    return copier.moved();
  }

  /** Runs a task when there are bytes to copy, see {@link Copier#whenReady}. */
  void whenReady(Runnable task) {
    copier.whenReady(task);
  }

  /** Returns the outcome from {@link Phase#UNREPORTED} on; null before and without a report. */
  synchronized @Nullable CopyOutcome outcome() {
    return outcome;
  }

  /** Returns a future that completes when this copy no longer writes to the target. */
  CompletableFuture<Void> quiet() {
    return quiet;
  }

  /** Returns a future that completes when the files are closed. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /** Stops the copy after its current piece, with this status. */
  synchronized void revoke(Nfsstat4 status) {
    revocation = status;
    stop(Stop.REVOKED);
  }

  /** Returns whether the copy ended because it was revoked. */
  synchronized boolean isRevoked() {
    return stop == Stop.REVOKED && failure == revocation;
  }

  /** Returns the status of a revoked copy; null if the copy is not revoked. */
  private synchronized @Nullable Nfsstat4 revocation() {
    return stop == Stop.REVOKED ? revocation : null;
  }

  /** Stops the copy after its current piece. */
  synchronized void stop(Stop reason) {
    if (reason.compareTo(stop) > 0) {
      stop = reason;
    }
  }

  synchronized boolean isStopped() {
    return stop != Stop.NONE;
  }

  synchronized boolean isAbandoned() {
    return stop == Stop.ABANDONED;
  }

  @Override
  public synchronized boolean isActive() {
    return phase.compareTo(Phase.UNREPORTED) < 0;
  }

  @Override
  public void abandon() {
    stop(Stop.ABANDONED);
    onAbandon.accept(this);
  }

  /** Returns whether the client waits for the reply. */
  boolean isSynchronous() {
    return answer != null;
  }

  /** Returns the future of the reply to a synchronous COPY; null for an asynchronous one. */
  @Nullable CompletableFuture<CopyOutcome> answer() {
    return answer;
  }

  /**
   * Returns the time in nanoseconds since the first piece began. The first call marks its
   * beginning.
   */
  long sinceFirstPieceNanos(long now) {
    if (!hasBegun) {
      hasBegun = true;
      firstPieceNanos = now;
    }
    return now - firstPieceNanos;
  }

  /** Returns whether the copy waits for its source for the first time. */
  boolean isFirstWait() {
    boolean isFirst = !hasWaited;
    hasWaited = true;
    return isFirst;
  }

  /**
   * Returns the state of the copy, for an administrator.
   *
   * @param nowNanos the time now, by the ticker
   */
  CopyStatus status(long nowNanos) {
    long copied = copied();
    CopyStatus.State stage =
        isQuiet()
            ? CopyStatus.State.FINISHING
            : copied == 0 ? CopyStatus.State.QUEUED : CopyStatus.State.RUNNING;
    return new CopyStatus(
        id,
        request.clientText(),
        request.source().description(),
        request.target().displayPath(request.to().file()),
        copied,
        request.range().length(),
        Duration.ofNanos(nowNanos - startedNanos),
        stage);
  }

  /** Copies the next piece if there is one. */
  Next step() {
    if (isAbandoned()) {
      return Next.END;
    }
    try {
      failure = revocation();
      if (failure != null) {
        return Next.END;
      }
      if (isStopped()) {
        // NFS4_OK without bytes would mean to the client that the source ends here.
        if (copier.copied() == 0 && copier.smallStep() == Copier.NOT_YET) {
          failure = Nfsstat4.NFS4ERR_OFFLOAD_DENIED;
        }
        return Next.END;
      }
      long bytes = copier.step();
      pauses = 0;
      if (bytes == Copier.NOT_YET) {
        return Next.WAIT;
      }
      if (bytes == 0 || copier.isComplete()) {
        return Next.END;
      }
      failure = revocation();
      return isStopped() ? Next.END : Next.ANOTHER_PIECE;
    } catch (NfsStatusException e) {
      failure = ValidErrors.constrain(NfsOpnum4.OP_COPY, e.status());
      return Next.END;
    } catch (StorageException e) {
      if (isSynchronous()) {
        failure = ValidErrors.constrain(NfsOpnum4.OP_COPY, StatusMap.of(e.status()));
        return Next.END;
      }
      if (e.status() == Status.TRY_LATER && pauses++ < PAUSES_MAX) {
        return Next.PAUSE;
      }
      failure = CopyOutcome.status(e.status());
      return Next.END;
    }
  }

  /** Records that a defect of this server ended the copy. */
  void fail() {
    failure = Nfsstat4.NFS4ERR_SERVERFAULT;
  }

  /** Returns the error that ended the copy, or null. */
  @Nullable Nfsstat4 failure() {
    return failure;
  }

  private synchronized boolean isQuiet() {
    return phase != Phase.COPYING;
  }

  /** Ends the copying: no further piece runs. */
  void finish() {
    synchronized (this) {
      phase = Phase.FINISHING;
    }
    quiet.complete(null);
  }

  /**
   * Ends the copy after its files are closed.
   *
   * @param result the outcome
   * @return {@link Phase#UNREPORTED} if the client must receive the outcome by CB_OFFLOAD, and
   *     {@link Phase#ENDED} otherwise
   */
  synchronized Phase end(CopyOutcome result) {
    if (isSynchronous() || isAbandoned()) {
      phase = Phase.ENDED;
    } else {
      phase = Phase.UNREPORTED;
      outcome = result;
    }
    return phase;
  }

  /**
   * Ends a copy whose client knows the outcome or will never know it.
   *
   * @return false if the outcome was not waiting for its report
   */
  synchronized boolean forget() {
    boolean wasUnreported = phase == Phase.UNREPORTED;
    if (wasUnreported) {
      phase = Phase.ENDED;
    }
    return wasUnreported;
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
