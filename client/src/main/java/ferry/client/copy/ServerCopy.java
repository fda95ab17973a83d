package ferry.client.copy;

import ferry.client.copy.CopyOutcome.How;
import ferry.client.file.Futures;
import ferry.client.file.OpenFile;
import ferry.client.file.Ops;
import ferry.client.session.CallException;
import ferry.client.session.CallException.Kind;
import ferry.client.session.Compound;
import ferry.client.session.Results;
import ferry.wire.nfs4.Copy4Res;
import ferry.wire.nfs4.Copy4Resok;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.OffloadCancel4Args;
import ferry.wire.nfs4.StableHow4;
import ferry.wire.nfs4.WriteResponse4;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A copy inside one server: CLONE, and where that is refused synchronous COPY, piece by piece and
 * as short as the server likes (K-015).
 */
final class ServerCopy {

  /** One COPY asks for so much: progress is seen, and no call lasts for ever. */
  private static final long PIECE_BYTES = 256L << 20;

  private static final int COPY_AT = 3;

  private final CopyRequest request;
  private final CopyProgress progress;
  private final Durability durability;

  private ServerCopy(CopyRequest request, CopyProgress progress, Durability durability) {
    this.request = request;
    this.progress = progress;
    this.durability = durability;
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
      CopyRequest request, CopyProgress progress, Durability durability) {
    return new ServerCopy(request, progress, durability).cloneFirst();
  }

  private CompletableFuture<Result> cloneFirst() {
    if (isRefused(NfsOpnum4.OP_CLONE)) {
      return copy(0, "CLONE is not supported");
    }
    return request
        .from()
        .clone(request.offset(), request.to(), request.toOffset(), request.count())
        .thenCompose(results -> {
          if (results.ok()) {
            progress.add(request.count());
            // CLONE answers no verifier: COMMIT is what makes it durable.
            return request
                .to()
                .commit()
                .thenApply(verifier ->
                    new Result(request.count(), How.CLONED, "the server shares the blocks", null));
          }
          remember(NfsOpnum4.OP_CLONE, results.status());
          return isFinal(results)
              ? CompletableFuture.failedFuture(results.failure())
              : copy(0, "CLONE: " + results.status());
        });
  }

  private CompletableFuture<Result> copy(long done, String reason) {
    if (done >= request.count()) {
      return CompletableFuture.completedFuture(new Result(done, How.SYNCHRONOUS, reason, null));
    }
    if (isRefused(NfsOpnum4.OP_COPY)) {
      return CompletableFuture.completedFuture(Result.refused(done, "COPY is not supported"));
    }
    long asked = Math.min(PIECE_BYTES, request.count() - done);
    return Futures.compose(() -> {
      progress.check();
      return request
          .from()
          .copy(request.offset() + done, request.to(), request.toOffset() + done, asked, true)
          .thenCompose(results -> Futures.compose(() -> answered(results, done, asked, reason)));
    });
  }

  private CompletableFuture<Result> answered(Results results, long done, long asked, String reason)
      throws CallException {
    if (!results.ok(COPY_AT)) {
      remember(NfsOpnum4.OP_COPY, results.status());
      if (isFinal(results)) {
        throw results.failure();
      }
      return CompletableFuture.completedFuture(Result.refused(done, refusal(results)));
    }
    if (!(results.at(COPY_AT, NfsResop4.Copy.class).res() instanceof Copy4Res.Ok(Copy4Resok ok))) {
      throw results.failure();
    }
    WriteResponse4 response = ok.response();
    if (response.callbackId() != null) {
      // C-025: asked for a synchronous copy, it must not be another. Stop it; nobody waits for it.
      return cancelled(response)
          .thenApply(stopped -> Result.refused(done, "COPY was answered asynchronously"));
    }
    long copied = response.count();
    if (copied < 0 || copied > asked) {
      throw CallException.of(
          Kind.PROTOCOL, "COPY of " + asked + " bytes answered " + Long.toUnsignedString(copied));
    }
    if (response.committed() == StableHow4.UNSTABLE4) {
      durability.unstable(response.writeverf());
    }
    progress.add(copied);
    return copied == 0 ? stuck(done, reason) : copy(done + copied, reason);
  }

  /** K-016: nothing was copied, which is right only at the end of the source. */
  private CompletableFuture<Result> stuck(long done, String reason) {
    return request
        .from()
        .attributes()
        .thenApply(attributes ->
            request.offset() + done >= attributes.sizeBytes()
                ? new Result(done, How.SYNCHRONOUS, reason, null)
                : Result.refused(done, "COPY made no progress"));
  }

  private CompletableFuture<Results> cancelled(WriteResponse4 response) {
    OpenFile to = request.to();
    return to.files()
        .session()
        .attempt(
            Compound.of(Ops.put(to.handle()))
                .once(
                    new NfsArgop4.OffloadCancel(
                        new OffloadCancel4Args(
                            java.util.Objects.requireNonNull(response.callbackId()))))
                .build());
  }

  private static String refusal(Results results) {
    return results.status() == Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS
        ? "the server cannot copy synchronously and in order now"
        : "COPY: " + results.status();
  }

  private boolean isRefused(NfsOpnum4 operation) {
    return request
        .to()
        .files()
        .refusals()
        .isRefused(operation, request.to().attributesAtOpen().fsid());
  }

  private void remember(NfsOpnum4 operation, Nfsstat4 status) {
    if (status == Nfsstat4.NFS4ERR_NOTSUPP || status == Nfsstat4.NFS4ERR_OP_ILLEGAL) {
      request.to().files().refusals().refused(operation, request.to().attributesAtOpen().fsid());
    }
  }

  /** Errors that reading and writing would meet too: the caller gets them as they are. */
  private static boolean isFinal(Results results) {
    return switch (results.status()) {
      case NFS4ERR_NOSPC,
          NFS4ERR_DQUOT,
          NFS4ERR_FBIG,
          NFS4ERR_ROFS,
          NFS4ERR_ACCESS,
          NFS4ERR_PERM,
          NFS4ERR_STALE,
          NFS4ERR_FHEXPIRED,
          NFS4ERR_OPENMODE,
          NFS4ERR_LOCKED ->
          true;
      default -> false;
    };
  }
}
