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
 * The sender of CB_OFFLOAD (RFC 7862 section 16.1), once for each copy.
 *
 * <p>The callback queue retries until the client replies or is removed. The copy may be forgotten
 * after the reply (RFC 7862 section 4.8). The server remembers it for a while if the reply is an
 * error other than that the copy is unknown, because the client may still send OFFLOAD_STATUS.
 */
final class CopyCallbacks {
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  private final Timers timers;
  private final Duration remembered;
  private final Consumer<CopyJob> onReported;

  /**
   * Creates the sender.
   *
   * @param remembered how long a copy is remembered after an error in the reply
   * @param onReported receives each copy whose result the client knows or will never know
   */
  CopyCallbacks(Timers timers, Duration remembered, Consumer<CopyJob> onReported) {
    this.timers = timers;
    this.remembered = remembered;
    this.onReported = onReported;
  }

  /** Sends the outcome of a copy to its client. */
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
    if (failure instanceof CallbackException e) {
      switch (e.reason()) {
        case CLIENT_GONE -> onReported.accept(job);
        case TOO_MANY -> timers.schedule(RETRY_DELAY, () -> sendUnlessAbandoned(job, outcome));
        case BAD_ANSWER -> reportLater(job);
      }
    } else if (answer != null && endsCopy(answer.status())) {
      onReported.accept(job);
    } else {
      reportLater(job);
    }
  }

  /** A copy that the client cancelled in the meantime has no CB_OFFLOAD. */
  private void sendUnlessAbandoned(CopyJob job, CopyOutcome outcome) {
    if (!job.isAbandoned()) {
      send(job, outcome);
    }
  }

  private void reportLater(CopyJob job) {
    timers.schedule(remembered, () -> onReported.accept(job));
  }

  /** Returns whether the client needs the copy no longer (T-011). */
  private static boolean endsCopy(Nfsstat4 status) {
    return switch (status) {
      case NFS4_OK, NFS4ERR_BADHANDLE, NFS4ERR_BAD_STATEID -> true;
      default -> false;
    };
  }
}
