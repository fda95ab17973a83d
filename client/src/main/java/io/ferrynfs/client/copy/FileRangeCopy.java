package io.ferrynfs.client.copy;

import io.ferrynfs.client.copy.CompletedCopy.Method;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Copies a range by the first method that works: CLONE, COPY, READ and WRITE (K-029); between two
 * servers COPY after COPY_NOTIFY, READ and WRITE.
 *
 * <p>A COMMIT follows unless the server already made the data durable. If the verifiers show that
 * the destination's server restarted, all data is copied again. So a complete copy is durable.
 */
public final class FileRangeCopy {

  private static final int ROUNDS_MAX = 3;

  private final RangeCopyRequest request;
  private final CopyTracker progress;

  /** The result of an earlier COPY_NOTIFY, which is used once. */
  private NotifiedSource.@Nullable Notice notice;

  private FileRangeCopy(
      RangeCopyRequest request, NotifiedSource.@Nullable Notice notice, CopyTracker progress) {
    this.request = request;
    this.notice = notice;
    this.progress = progress;
  }

  /** Copies between files that stay open, and detects changes of the source. */
  public static CompletableFuture<CompletedCopy> watched(
      RangeCopyRequest request, CopyTracker progress) {
    if (request.count() == 0) {
      return run(request, progress);
    }
    boolean inside =
        request.sameServer()
            && request.from().attributesAtOpen().sameObject(request.to().attributesAtOpen());
    CompletableFuture<SourceWatch> watch =
        inside
            ? CompletableFuture.completedFuture(SourceWatch.none(request.from()))
            : SourceWatch.begin(request.from(), false);
    return watch.thenCompose(watching -> run(request, progress).thenCompose(watching::after));
  }

  /** Copies. Fails with a {@link CallException}. */
  public static CompletableFuture<CompletedCopy> run(
      RangeCopyRequest request, CopyTracker progress) {
    return run(request, null, progress);
  }

  /** Copies with the result of an earlier COPY_NOTIFY, null if there was none. */
  static CompletableFuture<CompletedCopy> run(
      RangeCopyRequest request, NotifiedSource.@Nullable Notice notice, CopyTracker progress) {
    // K-034: a count of 0 would mean "to the end" on the wire.
    if (request.count() == 0) {
      return CompletableFuture.completedFuture(
          new CompletedCopy(0, Method.SYNCHRONOUS, "there was nothing to copy", false, false));
    }
    FileRangeCopy copy = new FileRangeCopy(request, notice, progress);
    return copy.flush().thenCompose(flushed -> copy.round(1));
  }

  /** Flushes this client's writes to both files (K-003, K-004). */
  private CompletableFuture<Void> flush() {
    return request
        .from()
        .files()
        .flush(request.from())
        .thenCompose(flushed -> request.to().files().flush(request.to()));
  }

  private CompletableFuture<CompletedCopy> round(int number) {
    progress.restart();
    CopyDurability durability = new CopyDurability();
    return copy(durability)
        .thenCompose(outcome ->
            durability.needsCommit()
                ? request
                    .to()
                    .commit(request.toOffset(), request.count())
                    .thenCompose(verifier ->
                        durability.confirmedBy(verifier)
                            ? CompletableFuture.completedFuture(outcome)
                            : again(number))
                : CompletableFuture.completedFuture(outcome));
  }

  private CompletableFuture<CompletedCopy> again(int number) {
    return number < ROUNDS_MAX
        ? round(number + 1)
        : CompletableFuture.failedFuture(
            CallException.of(
                Kind.DATA_LOST,
                "the destination's server restarted during each of " + number + " attempts"));
  }

  private CompletableFuture<CompletedCopy> copy(CopyDurability durability) {
    String unable = unable();
    if (unable != null) {
      return stream(0, durability, unable);
    }
    return byServer(durability)
        .thenCompose(result ->
            result.refusal() == null
                ? CompletableFuture.completedFuture(
                    new CompletedCopy(
                        result.bytes(),
                        result.how(),
                        result.reason(),
                        !request.sameServer(),
                        false))
                : stream(result.bytes(), durability, result.refusal()));
  }

  /**
   * Copies within one server or between two, by the servers' identities, not their addresses
   * (K-001). Within one server both stateids must belong to the client that sends COPY, so the
   * source is opened by that client.
   */
  private CompletableFuture<ServerCopy.Result> byServer(CopyDurability durability) {
    if (!request.sameServer()) {
      NotifiedSource source = new NotifiedSource(request, notice);
      notice = null;
      return ServerCopy.run(request, source, progress, durability);
    }
    if (request.sameClient()) {
      return ServerCopy.run(request, new SameServerSource(request), progress, durability);
    }
    return request
        .to()
        .files()
        .openAgain(request.from())
        .thenCompose(source -> {
          RangeCopyRequest own = request.withFrom(source);
          return source.closeAfter(
              ServerCopy.run(own, new SameServerSource(own), progress, durability));
        })
        .exceptionallyCompose(failure -> {
          CallException call = CallFailures.call(failure);
          return call.operation() == NfsOpnum4.OP_OPEN
              ? CompletableFuture.completedFuture(
                  ServerCopy.Result.refused(0, "the destination's user may not open the source"))
              : CompletableFuture.failedFuture(call);
        });
  }

  /** Returns why no server can copy; null if one may. */
  private @Nullable String unable() {
    if (!request.means().byServer()) {
      return "streaming was requested";
    }
    // B42: each server for itself.
    if (request.to().files().session().minorVersion() < 2) {
      return "the destination's server speaks NFSv4.1, which has no COPY";
    }
    if (!request.sameServer() && request.from().files().session().minorVersion() < 2) {
      return "the source's server speaks NFSv4.1, which has no COPY_NOTIFY";
    }
    return null;
  }

  private CompletableFuture<CompletedCopy> stream(
      long done, CopyDurability durability, String reason) {
    return Futures.compose(() -> {
      progress.check();
      progress.at(done);
      progress.how(Method.STREAMED);
      if (!request.means().byStream()) {
        String what = request.means().cloneOnly() ? "share the blocks" : "copy by themselves";
        throw CallException.of(Kind.UNSUPPORTED, "the servers cannot " + what + ": " + reason);
      }
      return StreamCopy.run(request, done, progress, durability)
          .thenApply(bytes -> new CompletedCopy(bytes, Method.STREAMED, reason, false, false));
    });
  }
}
