package io.ferrynfs.client.copy;

import io.ferrynfs.client.copy.CompletedCopy.How;
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
 * A copy that servers make: inside one CLONE, and where that is refused, or between two, COPY of
 * all that is left, the server's choice whether at once or in the background (K-007), as short as
 * it likes (K-015). What COPY names as its source is the {@link ServerCopySource}'s affair.
 *
 * <p>One COPY is outstanding at a time. Each begins where what came before is known to end; what is
 * not known is copied again. Setbacks are counted, and too many of them are a refusal: the caller
 * then has the bytes pass through the client.
 */
final class ServerCopy {

  /** Why there is nothing better between servers. */
  static final String FETCHED = "the destination's server fetches it from the source's";

  /** A COPY that the server must answer in one go asks for so much: no call lasts for ever. */
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
  private How how = How.SYNCHRONOUS;
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
   * How far the server came.
   *
   * @param refusal why it did not go on, null if it came to the end
   */
  record Result(long bytes, How how, String reason, @Nullable String refusal) {
    static Result refused(long bytes, String why) {
      return new Result(bytes, How.SYNCHRONOUS, "", why);
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
            (result, failure) -> source.over(failure == null && result.refusal() == null));
  }

  private ServerSession session() {
    return request.to().files().session();
  }

  private static CompletableFuture<Result> refused(long done, String why) {
    return CompletableFuture.completedFuture(Result.refused(done, why));
  }

  private CompletableFuture<Result> reached(long done) {
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
      progress.how(How.CLONED);
      progress.at(request.count());
      // CLONE answers no verifier: COMMIT is what makes it durable. A server that restarted before
      // that shows by another client id.
      return request
          .to()
          .commit(request.toOffset(), request.count())
          .thenCompose(verifier ->
              session().clientid() == server
                  ? CompletableFuture.completedFuture(
                      new Result(request.count(), How.CLONED, "the server shares the blocks", null))
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

  /** Copies what is left after so many bytes. */
  private CompletableFuture<Result> copy(long done) {
    if (done >= request.count()) {
      return reached(done);
    }
    String unable = source.unable();
    if (unable != null) {
      return refused(done, unable);
    }
    return Futures.compose(
            () -> {
              progress.check();
              progress.how(How.SYNCHRONOUS);
              return source.ready();
            })
        .thenCompose(refusal ->
            refusal.isPresent() ? refused(done, refusal.get()) : Futures.compose(() -> send(done)));
  }

  private CompletableFuture<Result> send(long done) throws CallException {
    progress.check();
    long left = request.count() - done;
    long asked = synchronous ? Math.min(PIECE_BYTES, left) : left;
    // K-018: before the reply there is only the source to be told.
    progress.whenCancelled(source::cancel);
    return offloads.copying(
        () ->
            delayAsResult(source.copy(done, asked, consecutive, synchronous))
                .whenComplete((results, failure) -> progress.stepOver()),
        results -> Futures.compose(() -> answered(results, done, asked)));
  }

  /** K-017: a server that is busy for too long is one that refuses. */
  private static CompletableFuture<Results> delayAsResult(CompletableFuture<Results> call) {
    return Futures.recover(
        call,
        failure ->
            CallFailures.call(failure).isDelayed()
                ? CompletableFuture.completedFuture(
                    new Results(CallFailures.call(failure).status(), List.of(), false))
                : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Result> answered(Results results, long done, long asked)
      throws CallException {
    if (results.results().size() > ServerCopySource.COPY_AT) {
      switch (results.at(ServerCopySource.COPY_AT, NfsResop4.Copy.class).res()) {
        case Copy4Res.Ok(Copy4Resok ok) -> {
          return accepted(ok, done, asked);
        }
        case Copy4Res.OffloadNoReqs(CopyRequirements4 possible) -> {
          return otherwise(possible, done);
        }
        case Copy4Res.Failed failed -> {}
      }
    }
    String why = failed(results);
    return switch (source.judge(results)) {
      case FINAL -> throw results.failure();
      case REFUSED -> refused(done, why);
      case DOUBTFUL -> unlessAgain(results.status(), done, why);
    };
  }

  private static String failed(Results results) {
    boolean early =
        !results.results().isEmpty() && results.failedIndex() < ServerCopySource.COPY_AT;
    return early ? String.valueOf(results.failure().getMessage()) : "COPY: " + results.status();
  }

  /** K-007, K-008: asks for what the server says it can do, K-009: not for ever. */
  private CompletableFuture<Result> otherwise(CopyRequirements4 possible, long done) {
    boolean same = possible.synchronous() == synchronous && possible.consecutive() == consecutive;
    if (same || ++toggles > TOGGLES_MAX) {
      return refused(done, "the server can copy neither at once nor in the background now");
    }
    synchronous = possible.synchronous();
    consecutive = possible.consecutive();
    return copy(done);
  }

  private CompletableFuture<Result> accepted(Copy4Resok ok, long done, long asked)
      throws CallException {
    WriteResponse4 response = ok.response();
    boolean inOrder = ok.requirements().consecutive();
    Stateid4 stateid = response.callbackId();
    if (stateid == null) {
      return finished(
          response.count(), isStable(response), response.writeverf(), done, asked, inOrder);
    }
    if (synchronous) {
      // C-025: asked for a synchronous copy, it must not be another. Stop it; nobody waits for it.
      return OffloadCancellation.of(offloads, request.to(), stateid, CANCEL_ATTEMPTS_MAX)
          .thenCompose(stopped ->
              stopped
                  ? refused(done, "COPY was answered asynchronously")
                  : CompletableFuture.failedFuture(
                      CallException.of(
                          Kind.PROTOCOL,
                          "COPY was answered asynchronously, and is not to be stopped")));
    }
    return inBackground(
        new OffloadedCopy.Copy(request.to(), stateid, asked, response.writeverf()), done, inOrder);
  }

  private static boolean isStable(WriteResponse4 response) {
    return response.committed() != StableHow4.UNSTABLE4;
  }

  private CompletableFuture<Result> inBackground(
      OffloadedCopy.Copy copy, long done, boolean inOrder) {
    progress.how(How.OFFLOADED);
    OffloadedCopy offload = OffloadedCopy.begin(offloads, copy, new Watching(done));
    progress.whenCancelled(() -> {
      offload.cancel();
      source.cancel();
    });
    return offload
        .ended()
        .whenComplete((end, failure) -> progress.stepOver())
        .thenCompose(end -> Futures.compose(() -> ended(copy, end, done, inOrder)));
  }

  /** Hands on what is known of a copy in the background. */
  private final class Watching implements OffloadedCopy.Observer {
    private final long done;

    Watching(long done) {
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
        how = How.OFFLOADED;
        if (!stable && !copy.verifier().equals(NO_VERIFIER)) {
          // Another one at the end than at the beginning: some of it may be lost (B-014).
          durability.unstable(copy.verifier());
        }
        yield finished(bytes, stable, verifier, done, copy.bytes(), inOrder);
      }
      case OffloadEnd.Failed(Nfsstat4 status, long bytes) ->
          failed(copy, status, bytes, done, inOrder);
      case OffloadEnd.Unknown(String why) -> {
        source.stoppedAfter(0);
        yield setBack(done, why);
      }
      case OffloadEnd.Silent(String why) -> {
        progress.at(done);
        yield refused(done, why);
      }
    };
  }

  /** A COPY came to its end, which need not be that of what was asked for. */
  private CompletableFuture<Result> finished(
      long copied, boolean stable, Verifier4 verifier, long done, long asked, boolean inOrder)
      throws CallException {
    if (copied < 0 || copied > asked) {
      throw CallException.of(
          Kind.PROTOCOL, "COPY of " + asked + " bytes answered " + Long.toUnsignedString(copied));
    }
    if (!stable) {
      durability.unstable(verifier);
    }
    if (copied < asked && copied > 0 && !inOrder) {
      // C-027: nobody knows which bytes these are.
      progress.at(done);
      return refused(done, "COPY stopped in the middle, out of order");
    }
    progress.at(done + copied);
    if (copied < asked) {
      source.stoppedAfter(copied);
    }
    return copied == 0 ? stuck(done) : copy(done + copied);
  }

  /** A copy in the background stopped on an error. */
  private CompletableFuture<Result> failed(
      OffloadedCopy.Copy copy, Nfsstat4 status, long bytes, long done, boolean inOrder)
      throws CallException {
    progress.at(done);
    // B-013, B-012: never bytes next to these, and what else reading and writing would meet.
    if (isNoSpace(status) || (bytes == 0 && source.isFinal(status))) {
      throw CallException.status(NfsOpnum4.OP_COPY, status);
    }
    String why = "the copy in the background: " + status;
    source.stoppedAfter(bytes);
    if (bytes == 0) {
      return unlessAgain(status, done, why);
    }
    if (!inOrder || ++setbacks >= SETBACKS_MAX) {
      return refused(done, why);
    }
    // B-012: this arm has no verifier. Only if COMMIT answers that of the COPY reply are the bytes
    // there; then the next COPY goes on after them and meets the error, if there still is one.
    return request
        .to()
        .commit(request.toOffset() + done, bytes)
        .thenCompose(verifier -> {
          if (!verifier.equals(copy.verifier())) {
            return copy(done);
          }
          how = How.OFFLOADED;
          progress.at(done + bytes);
          return copy(done + bytes);
        });
  }

  /** Nothing is known of the last COPY: it is done again from its beginning (K-020). */
  private CompletableFuture<Result> setBack(long done, String why) {
    progress.at(done);
    return ++setbacks < SETBACKS_MAX ? copy(done) : refused(done, why);
  }

  /** Stops, unless another COPY_NOTIFY may help. */
  private CompletableFuture<Result> unlessAgain(Nfsstat4 status, long done, String why) {
    return source
        .againAfter(status)
        .thenCompose(again -> again ? setBack(done, why) : refused(done, why));
  }

  /** K-016: nothing was copied, which is right only at the end of the source. */
  private CompletableFuture<Result> stuck(long done) {
    return request
        .from()
        .attributes()
        .thenCompose(attributes ->
            request.offset() + done >= attributes.sizeBytes()
                ? reached(done)
                : unlessAgain(Nfsstat4.NFS4_OK, done, "COPY made no progress"));
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
