package io.ferrynfs.client.offload;

import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends OFFLOAD_CANCEL (RFC 7862 section 15.8) until the server replies, again after lost
 * connections and time-outs (B46), a limited number of times.
 */
public final class OffloadCancellation {

  private static final Duration PAUSE_FIRST = Duration.ofSeconds(1);
  private static final int CANCEL_AT = 1;

  private final Env env;
  private final RemoteOpenFile to;
  private final Stateid4 stateid;
  private final int attemptsMax;
  private final CompletableFuture<Boolean> confirmed = new CompletableFuture<>();

  private OffloadCancellation(Env env, RemoteOpenFile to, Stateid4 stateid, int attemptsMax) {
    this.env = env;
    this.to = to;
    this.stateid = stateid;
    this.attemptsMax = attemptsMax;
  }

  /**
   * Cancels a copy into a file.
   *
   * @return whether the server confirmed that the copy has ended; never fails
   */
  public static CompletableFuture<Boolean> of(
      PendingOffloads offloads, RemoteOpenFile to, Stateid4 stateid, int attemptsMax) {
    OffloadCancellation stopping =
        new OffloadCancellation(offloads.env(), to, stateid, attemptsMax);
    stopping.attempt(1);
    return stopping.confirmed;
  }

  private void attempt(int number) {
    if (to.isUnsupported(NfsOpnum4.OP_OFFLOAD_CANCEL)) {
      confirmed.complete(false);
      return;
    }
    Compound compound =
        Compound.of(CompoundOps.put(to.handle()))
            .once(new NfsArgop4.OffloadCancel(new OffloadCancel4Args(stateid)))
            .build();
    var _ =
        to.files()
            .session()
            .attempt(compound)
            .whenComplete((results, failure) -> answered(number, results, failure));
  }

  private void answered(int number, @Nullable Results results, @Nullable Throwable failure) {
    if (results != null && results.results().size() > CANCEL_AT) {
      switch (results.status()) {
        // the copy has ended, or the server does not know it.
        case NFS4_OK,
            NFS4ERR_COMPLETE_ALREADY,
            NFS4ERR_BAD_STATEID,
            NFS4ERR_OLD_STATEID,
            NFS4ERR_STALE_STATEID,
            NFS4ERR_EXPIRED,
            NFS4ERR_ADMIN_REVOKED -> {
          confirmed.complete(true);
          return;
        }
        case NFS4ERR_NOTSUPP, NFS4ERR_OP_ILLEGAL -> {
          to.addUnsupported(NfsOpnum4.OP_OFFLOAD_CANCEL);
          confirmed.complete(false);
          return;
        }
        default -> {}
      }
    }
    boolean closed = failure != null && isClosed(failure);
    if (closed || number >= attemptsMax) {
      confirmed.complete(false);
      return;
    }
    env.timers().schedule(PAUSE_FIRST.multipliedBy(1L << (number - 1)), () -> attempt(number + 1));
  }

  private static boolean isClosed(Throwable failure) {
    CallException call = CallFailures.call(failure);
    return call.kind() == Kind.CLOSED;
  }
}
