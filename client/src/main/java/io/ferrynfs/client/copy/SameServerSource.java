package io.ferrynfs.client.copy;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The source of a copy within one server: an open file of the same client (K-006). */
final class SameServerSource implements ServerCopySource {

  private final RangeCopyRequest request;

  SameServerSource(RangeCopyRequest request) {
    this.request = request;
  }

  @Override
  public boolean mayBeCloned() {
    return true;
  }

  @Override
  public @Nullable String unable() {
    return request.to().isUnsupported(NfsOpnum4.OP_COPY) ? "COPY is not supported" : null;
  }

  @Override
  public CompletableFuture<Optional<String>> ready() {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public CompletableFuture<Results> copy(
      long done, long count, boolean consecutive, boolean synchronous) {
    return request
        .from()
        .copy(
            request.offset() + done,
            request.to(),
            request.toOffset() + done,
            count,
            consecutive,
            synchronous);
  }

  @Override
  public Verdict judge(Results results) {
    if (isUnsupported(results.status())) {
      request.to().addUnsupported(NfsOpnum4.OP_COPY);
    }
    return isFinal(results.status()) ? Verdict.FINAL : Verdict.REFUSED;
  }

  static boolean isUnsupported(Nfsstat4 status) {
    return status == Nfsstat4.NFS4ERR_NOTSUPP || status == Nfsstat4.NFS4ERR_OP_ILLEGAL;
  }

  @Override
  public boolean isFinal(Nfsstat4 status) {
    return isFinalInside(status);
  }

  /** Returns whether reading and writing would fail with an error, too. */
  static boolean isFinalInside(Nfsstat4 status) {
    return switch (status) {
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

  @Override
  public void stoppedAfter(long bytes) {}

  @Override
  public CompletableFuture<Boolean> canRetryAfter(Nfsstat4 status) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public void cancel() {}

  @Override
  public void close(boolean complete) {}
}
