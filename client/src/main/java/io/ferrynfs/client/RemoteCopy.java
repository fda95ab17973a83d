package io.ferrynfs.client;

import io.ferrynfs.client.copy.CompletedCopy;
import io.ferrynfs.client.copy.CopyTracker;
import io.ferrynfs.client.file.FileAttributes;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The implementation of the API of copies. */
final class RemoteCopy implements CopyHandle {

  private final String what;
  private final CopyTracker progress;
  private final CompletableFuture<CopyResult> completion = new CompletableFuture<>();

  /**
   * Follows a copy.
   *
   * @param what the beginning of error messages
   */
  RemoteCopy(String what, CopyTracker progress, CompletableFuture<CompletedCopy> work) {
    this.what = what;
    this.progress = progress;
    var _ =
        work.whenComplete((outcome, failure) -> {
          if (failure == null) {
            completion.complete(result(outcome));
          } else {
            fail(failure);
          }
        });
    var _ = progress.hopeless().thenAccept(this::fail);
  }

  private void fail(Throwable failure) {
    String known =
        " ("
            + progress.bytesThere()
            + " of "
            + progress.bytesTotal()
            + " bytes are known to be there)";
    completion.completeExceptionally(NfsErrors.of(what + known, failure));
  }

  private CopyResult result(CompletedCopy outcome) {
    return new CopyResult(
        outcome.bytes(),
        how(outcome.how()),
        outcome.reason(),
        outcome.serverToServer(),
        progress.bytesThroughClient(),
        outcome.sourceChanged());
  }

  private static CopyResult.How how(CompletedCopy.Method how) {
    return switch (how) {
      case CLONED -> CopyResult.How.CLONED;
      case OFFLOADED -> CopyResult.How.OFFLOADED;
      case SYNCHRONOUS -> CopyResult.How.SYNCHRONOUS;
      case STREAMED -> CopyResult.How.STREAMED;
    };
  }

  @Override
  public long bytesSoFar() {
    return progress.bytesSoFar();
  }

  @Override
  public long bytesTotal() {
    return progress.bytesTotal();
  }

  @Override
  public CopyResult.@Nullable How how() {
    CompletedCopy.Method now = progress.how();
    return now == null ? null : how(now);
  }

  @Override
  public @Nullable NfsAttributes destination() {
    FileAttributes last = progress.destination();
    return last == null || !last.isUsable() ? null : AttributeMapping.attributes(last);
  }

  @Override
  public CompletableFuture<CopyResult> completion() {
    return completion;
  }

  @Override
  public void cancel() {
    progress.cancel();
    completion.completeExceptionally(
        new NfsException(
            NfsException.Reason.CANCELLED,
            0,
            "the copy was cancelled after " + progress.bytesThere() + " bytes"));
  }
}
