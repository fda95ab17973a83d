package io.ferrynfs.client.copy;

import io.ferrynfs.client.copy.CompletedCopy.Method;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.offload.OffloadCancellation;
import io.ferrynfs.client.offload.OffloadEnd;
import io.ferrynfs.client.offload.OffloadedCopy;
import io.ferrynfs.client.offload.PendingOffloads;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A copy by the server. Inside one server, CLONE is tried first. Otherwise, COPY is sent for the
 * remaining bytes. The server chooses a synchronous or an asynchronous copy (K-007), and may copy
 * fewer bytes (K-015). The {@link ServerCopySource} supplies the source of COPY.
 *
 * <p>One COPY is pending at a time. Each begins where the previous one is known to end; bytes in
 * doubt are copied again. After too many setbacks the copy counts as refused, and the caller
 * streams the rest through the client.
 */
final class ServerCopy {

  /** The reason in the result of a copy between servers. */
  static final String FETCHED = "the destination's server fetches it from the source's";

  /** The size of a synchronous COPY, because calls have a time limit. */
  private static final long PIECE_BYTES = 256L << 20;

  private static final int SETBACKS_MAX = 3;
  private static final int TOGGLES_MAX = 3;
  private static final int CANCEL_ATTEMPTS_MAX = 5;
  private static final Verifier4 NO_VERIFIER = new Verifier4(Opaque.of(new byte[8]));

  private final RangeCopyRequest request;
  private final ServerCopySource source;
  private final CopyTracker progress;
  private final CopyDurability durability;
  private final PendingOffloads offloads;

  private String reason = "";
  private Method how = Method.SYNCHRONOUS;
  private boolean synchronous;
  private boolean consecutive = true;
  private int toggles;
  private int setbacks;

  private ServerCopy(
      RangeCopyRequest request,
      ServerCopySource source,
      CopyTracker progress,
      CopyDurability durability) {
    this.request = request;
    this.source = source;
    this.progress = progress;
    this.durability = durability;
    this.offloads = request.means().offloads();
  }

  /**
   * The result.
   *
   * @param bytes the bytes copied
   * @param how how they were copied
   * @param reason why they were copied this way, for people
   * @param refusal why the server did not copy the rest, or null if it copied everything
   */
  record Result(long bytes, Method how, String reason, @Nullable String refusal) {
    static Result refused(long bytes, String why) {
      return new Result(bytes, Method.SYNCHRONOUS, "", why);
    }
  }

  static CompletableFuture<Result> run(
      RangeCopyRequest request,
      ServerCopySource source,
      CopyTracker progress,
      CopyDurability durability) {
    return new ServerCopy(request, source, progress, durability)
        .cloneFirst()
        .whenComplete(
            (result, failure) -> source.close(failure == null && result.refusal() == null));
  }

  private ServerSession session() {
    return request.to().files().session();
  }

  private static CompletableFuture<Result> refused(long done, String why) {
    return CompletableFuture.completedFuture(Result.refused(done, why));
  }

  private CompletableFuture<Result> complete(long done) {
    return CompletableFuture.completedFuture(new Result(done, how, reason, null));
  }

  private CompletableFuture<Result> cloneFirst() {
    if (!source.mayBeCloned()) {
      reason = FETCHED;
      return withoutClone();
    }
    if (isCloneRefused()) {
      reason = "CLONE is not supported";
      return withoutClone();
    }
    long server = session().clientid();
    return delayAsResult(
            request
                .from()
                .clone(request.offset(), request.to(), request.toOffset(), request.count()))
        .thenCompose(results -> Futures.compose(() -> cloned(results, server)));
  }

  private CompletableFuture<Result> cloned(Results results, long server) throws CallException {
    if (results.ok()) {
      progress.how(Method.CLONED);
      progress.at(request.count());
      // The reply to CLONE has no verifier, so COMMIT makes it durable. A changed client id reveals
      // a restart before the COMMIT.
      return request
          .to()
          .commit(request.toOffset(), request.count())
          .thenCompose(verifier ->
              session().clientid() == server
                  ? CompletableFuture.completedFuture(
                      new Result(
                          request.count(), Method.CLONED, "the server shares the blocks", null))
                  : cloneAgain());
    }
    reason = "CLONE: " + results.status();
    rememberClone(results.status());
    boolean isRange = results.status() == Nfsstat4.NFS4ERR_INVAL;
    if (SameServerSource.isFinalInside(results.status())
        || (request.means().cloneOnly() && isRange)) {
      throw results.failure();
    }
    return withoutClone();
  }

  private CompletableFuture<Result> withoutClone() {
    return request.means().cloneOnly() ? refused(0, reason) : copy(0);
  }

  private CompletableFuture<Result> cloneAgain() {
    progress.at(0);
    reason = "the server restarted after each CLONE";
    return ++setbacks < SETBACKS_MAX ? cloneFirst() : withoutClone();
  }

  /** Copies the range after the first {@code done} bytes. */
  private CompletableFuture<Result> copy(long done) {
    if (done >= request.count()) {
      return complete(done);
    }
    String unable = source.unable();
    if (unable != null) {
      return refused(done, unable);
    }
    return Futures.compose(
            () -> {
              progress.check();
              progress.how(Method.SYNCHRONOUS);
              return source.ready();
            })
        .thenCompose(refusal ->
            refusal.isPresent() ? refused(done, refusal.get()) : Futures.compose(() -> send(done)));
  }

  private CompletableFuture<Result> send(long done) throws CallException {
    progress.check();
    long remaining = request.count() - done;
    long requested = synchronous ? Math.min(PIECE_BYTES, remaining) : remaining;
    // K-018: before the reply, only the source server can be notified.
    progress.whenCancelled(source::cancel);
    return offloads.copying(
        () ->
            delayAsResult(source.copy(done, requested, consecutive, synchronous))
                .whenComplete((results, failure) -> progress.stepOver()),
        results -> Futures.compose(() -> answered(results, done, requested)));
  }

  /** K-017: a server that is busy for too long counts as refusing. */
  private static CompletableFuture<Results> delayAsResult(CompletableFuture<Results> call) {
    return Futures.recover(
        call,
        failure ->
            CallFailures.call(failure).isDelayed()
                ? CompletableFuture.completedFuture(
                    new Results(CallFailures.call(failure).status(), List.of(), false))
                : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Result> answered(Results results, long done, long requested)
      throws CallException {
    if (results.results().size() > ServerCopySource.COPY_AT) {
      switch (results.at(ServerCopySource.COPY_AT, NfsResop4.Copy.class).res()) {
        case Copy4Res.Ok(Copy4Resok ok) -> {
          return accepted(ok, done, requested);
        }
        case Copy4Res.OffloadNoReqs(CopyRequirements4 possible) -> {
          return retryAs(possible, done);
        }
        case Copy4Res.Failed failed -> {}
      }
    }
    String why = failed(results);
    return switch (source.judge(results)) {
      case FINAL -> throw results.failure();
      case REFUSED -> refused(done, why);
      case DOUBTFUL -> retryOrRefuse(results.status(), done, why);
    };
  }

  private static String failed(Results results) {
    boolean early =
        !results.results().isEmpty() && results.failedIndex() < ServerCopySource.COPY_AT;
    return early ? String.valueOf(results.failure().getMessage()) : "COPY: " + results.status();
  }

  /**
   * K-007, K-008: sends COPY in the way that the server supports; K-009: a limited number of times.
   */
  private CompletableFuture<Result> retryAs(CopyRequirements4 possible, long done) {
    boolean same = possible.synchronous() == synchronous && possible.consecutive() == consecutive;
    if (same || ++toggles > TOGGLES_MAX) {
      return refused(
          done, "the server supports neither a synchronous nor an asynchronous copy now");
    }
    synchronous = possible.synchronous();
    consecutive = possible.consecutive();
    return copy(done);
  }

  private CompletableFuture<Result> accepted(Copy4Resok ok, long done, long requested)
      throws CallException {
    WriteResponse4 response = ok.response();
    boolean inOrder = ok.requirements().consecutive();
    Stateid4 stateid = response.callbackId();
    if (stateid == null) {
      return finished(
          response.count(), isStable(response), response.writeverf(), done, requested, inOrder);
    }
    if (synchronous) {
      // C-025: an asynchronous reply to a synchronous COPY is an error. The copy is cancelled.
      return OffloadCancellation.of(offloads, request.to(), stateid, CANCEL_ATTEMPTS_MAX)
          .thenCompose(stopped ->
              stopped
                  ? refused(done, "COPY was answered asynchronously")
                  : CompletableFuture.failedFuture(
                      CallException.of(
                          Kind.PROTOCOL,
                          "COPY was answered asynchronously and could not be cancelled")));
    }
    return inBackground(
        new OffloadedCopy.Copy(request.to(), stateid, requested, response.writeverf()),
        done,
        inOrder);
  }

  private static boolean isStable(WriteResponse4 response) {
    return response.committed() != StableHow4.UNSTABLE4;
  }

  private CompletableFuture<Result> inBackground(
      OffloadedCopy.Copy copy, long done, boolean inOrder) {
    progress.how(Method.OFFLOADED);
    OffloadedCopy offload = OffloadedCopy.begin(offloads, copy, new ProgressObserver(done));
    progress.whenCancelled(() -> {
      offload.cancel();
      source.cancel();
    });
    return offload
        .ended()
        .whenComplete((end, failure) -> progress.stepOver())
        .thenCompose(end -> Futures.compose(() -> ended(copy, end, done, inOrder)));
  }

  /** Passes the progress of an asynchronous copy on. */
  private final class ProgressObserver implements OffloadedCopy.Observer {
    private final long done;

    ProgressObserver(long done) {
      this.done = done;
    }

    @Override
    public Duration every() {
      return request.means().progressEvery();
    }

    @Override
    public boolean isWatched() {
      return progress.isWatched();
    }

    @Override
    public void copied(long bytes) {
      progress.at(done + bytes);
    }

    @Override
    public void hopeless(CallException why) {
      progress.failing(why);
    }
  }

  private CompletableFuture<Result> ended(
      OffloadedCopy.Copy copy, OffloadEnd end, long done, boolean inOrder) throws CallException {
    return switch (end) {
      case OffloadEnd.Copied(long bytes, boolean stable, Verifier4 verifier) -> {
        how = Method.OFFLOADED;
        if (!stable && !copy.verifier().equals(NO_VERIFIER)) {
          // If the verifier changed, some data may be lost (B-014).
          durability.unstable(copy.verifier());
        }
        yield finished(bytes, stable, verifier, done, copy.bytes(), inOrder);
      }
      case OffloadEnd.Failed(Nfsstat4 status, long bytes) ->
          failed(copy, status, bytes, done, inOrder);
      case OffloadEnd.Unknown(String why) -> {
        source.stoppedAfter(0);
        yield retry(done, why);
      }
      case OffloadEnd.Silent(String why) -> {
        progress.at(done);
        yield refused(done, why);
      }
    };
  }

  /** Handles the end of a COPY, which may be short. */
  private CompletableFuture<Result> finished(
      long copied, boolean stable, Verifier4 verifier, long done, long requested, boolean inOrder)
      throws CallException {
    if (copied < 0 || copied > requested) {
      throw CallException.of(
          Kind.PROTOCOL,
          "COPY of " + requested + " bytes returned " + Long.toUnsignedString(copied));
    }
    if (!stable) {
      durability.unstable(verifier);
    }
    if (copied < requested && copied > 0 && !inOrder) {
      // C-027: without order, it is not known which bytes were copied.
      progress.at(done);
      return refused(done, "a COPY without order was short");
    }
    progress.at(done + copied);
    if (copied < requested) {
      source.stoppedAfter(copied);
    }
    return copied == 0 ? noProgress(done) : copy(done + copied);
  }

  /** Handles the failure of an asynchronous copy. */
  private CompletableFuture<Result> failed(
      OffloadedCopy.Copy copy, Nfsstat4 status, long bytes, long done, boolean inOrder)
      throws CallException {
    progress.at(done);
    // B-013, B-012: after these errors no bytes count, and reading and writing would fail, too.
    if (isNoSpace(status) || (bytes == 0 && source.isFinal(status))) {
      throw CallException.status(NfsOpnum4.OP_COPY, status);
    }
    String why = "the asynchronous copy failed with " + status;
    source.stoppedAfter(bytes);
    if (bytes == 0) {
      return retryOrRefuse(status, done, why);
    }
    if (!inOrder || ++setbacks >= SETBACKS_MAX) {
      return refused(done, why);
    }
    // B-012: this arm has no verifier. The bytes count only if COMMIT returns the verifier of the
    // COPY reply. The next COPY then continues after them and returns the error if it persists.
    return request
        .to()
        .commit(request.toOffset() + done, bytes)
        .thenCompose(verifier -> {
          if (!verifier.equals(copy.verifier())) {
            return copy(done);
          }
          how = Method.OFFLOADED;
          progress.at(done + bytes);
          return copy(done + bytes);
        });
  }

  /**
   * Copies again from the last known position, because the outcome of the last COPY is unknown
   * (K-020).
   */
  private CompletableFuture<Result> retry(long done, String why) {
    progress.at(done);
    return ++setbacks < SETBACKS_MAX ? copy(done) : refused(done, why);
  }

  /** Retries if a new COPY_NOTIFY may help. Otherwise stops. */
  private CompletableFuture<Result> retryOrRefuse(Nfsstat4 status, long done, String why) {
    return source
        .canRetryAfter(status)
        .thenCompose(again -> again ? retry(done, why) : refused(done, why));
  }

  /** K-016: handles a COPY of zero bytes, which is valid at the end of the source only. */
  private CompletableFuture<Result> noProgress(long done) {
    return request
        .from()
        .attributes()
        .thenCompose(attributes ->
            request.offset() + done >= attributes.sizeBytes()
                ? complete(done)
                : retryOrRefuse(Nfsstat4.NFS4_OK, done, "COPY made no progress"));
  }

  private boolean isCloneRefused() {
    return request.to().isUnsupported(NfsOpnum4.OP_CLONE);
  }

  private void rememberClone(Nfsstat4 status) {
    if (SameServerSource.isUnsupported(status)) {
      request.to().addUnsupported(NfsOpnum4.OP_CLONE);
    }
  }

  private static boolean isNoSpace(Nfsstat4 status) {
    return status == Nfsstat4.NFS4ERR_NOSPC || status == Nfsstat4.NFS4ERR_DQUOT;
  }
}
