package io.ferrynfs.server.offload;

import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.server.session.Callback;
import io.ferrynfs.server.session.CallbackException;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients how their copies ended: CB_OFFLOAD (RFC 7862 section 16.1), once for each copy.
 *
 * <p>The callback queue repeats it until there is an answer or the client is gone. After the answer
 * the copy may be forgotten (section 4.8). A client that answers with an error other than that it
 * does not know the copy may still ask by OFFLOAD_STATUS, so it is remembered for a while.
 */
final class CopyCallbacks {
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  private final Timers timers;
  private final Duration remembered;
  private final Consumer<CopyJob> told;

  /**
   * Reports.
   *
   * @param remembered how long after an answer that settles nothing
   * @param told gets each copy whose client knows, or will never know
   */
  CopyCallbacks(Timers timers, Duration remembered, Consumer<CopyJob> told) {
    this.timers = timers;
    this.remembered = remembered;
    this.told = told;
  }

  /** Tells the client of a copy that has an outcome. */
  void send(CopyJob job, CopyOutcome outcome) {
    CopyRequest request = job.request();
    Callback callback =
        new Callback(
            new NfsCbArgop4.Offload(
                new CbOffload4Args(request.target().wire(), job.stateid(), outcome.info())),
            List.of(request.call()));
    var _ =
        request
            .client()
            .callbacks()
            .send(callback)
            .handle((answer, failure) -> {
              answered(job, outcome, answer, failure);
              return true;
            });
  }

  private void answered(
      CopyJob job, CopyOutcome outcome, @Nullable NfsCbResop4 answer, @Nullable Throwable failure) {
    if (failure instanceof CallbackException refusal) {
      switch (refusal.reason()) {
        case CLIENT_GONE -> told.accept(job);
        case TOO_MANY -> timers.schedule(AGAIN_AFTER, () -> sendUnlessTold(job, outcome));
        case BAD_ANSWER -> rememberFor(job);
      }
    } else if (answer != null && settles(answer.status())) {
      told.accept(job);
    } else {
      rememberFor(job);
    }
  }

  /** A copy that was cancelled meanwhile is told to nobody. */
  private void sendUnlessTold(CopyJob job, CopyOutcome outcome) {
    if (!job.isAbandoned()) {
      send(job, outcome);
    }
  }

  private void rememberFor(CopyJob job) {
    timers.schedule(remembered, () -> told.accept(job));
  }

  /** Copy-conformance T-011. */
  private static boolean settles(Nfsstat4 status) {
    return switch (status) {
      case NFS4_OK, NFS4ERR_BADHANDLE, NFS4ERR_BAD_STATEID -> true;
      default -> false;
    };
  }
}
