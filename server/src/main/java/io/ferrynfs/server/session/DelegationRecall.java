package io.ferrynfs.server.session;

import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.server.state.DelegationHolder;
import io.ferrynfs.server.state.DelegationTable;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Recalls one delegation by CB_RECALL (RFC 8881 section 20.2). The callback queue retries it until
 * there is a reply or the client is removed.
 *
 * <p>It refers to the OPEN that granted the delegation, so that a client that has not received that
 * reply waits for it (RFC 8881 section 2.10.6.3). Some clients ignore the reference and report an
 * unknown delegation. Therefore the recall is retried before the server accepts this error. Any
 * other error completes the recall, too (RFC 8881 section 20.2.4), and the server revokes the
 * delegation.
 */
public final class DelegationRecall implements DelegationHolder {
  private static final int REFUSALS_MAX = 3;
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  private final Client client;
  private final DelegationTable delegations;
  private final Timers timers;
  private final NfsFh4 file;
  private final ReferringCallList4 granted;
  private final AtomicInteger refusals = new AtomicInteger();

  /**
   * Creates a recall without sending it.
   *
   * @param client the client that holds the delegation
   * @param granted the OPEN that granted it
   */
  public DelegationRecall(
      Client client,
      DelegationTable delegations,
      Timers timers,
      NfsFh4 file,
      ReferringCallList4 granted) {
    this.client = client;
    this.delegations = delegations;
    this.timers = timers;
    this.file = file;
    this.granted = granted;
  }

  @Override
  public void recall(Stateid4 stateid) {
    CbRecall4Args args = new CbRecall4Args(stateid, false, file);
    var _ =
        client
            .callbacks()
            .send(new Callback(new NfsCbArgop4.Recall(args), List.of(granted)))
            .handle((answer, failure) -> {
              answered(stateid, answer, failure);
              return true;
            });
  }

  private void answered(
      Stateid4 stateid, @Nullable NfsCbResop4 answer, @Nullable Throwable failure) {
    if (failure instanceof CallbackException refusal) {
      switch (refusal.reason()) {
        case CLIENT_GONE -> {}
        case TOO_MANY -> again(stateid);
        case BAD_ANSWER -> refused(stateid, false);
      }
    } else if (answer == null) {
      refused(stateid, false);
    } else if (answer.status() != Nfsstat4.NFS4_OK) {
      refused(
          stateid,
          answer.status() == Nfsstat4.NFS4ERR_BADHANDLE
              || answer.status() == Nfsstat4.NFS4ERR_BAD_STATEID);
    }
  }

  private void refused(Stateid4 stateid, boolean isUnknown) {
    if (refusals.incrementAndGet() < REFUSALS_MAX) {
      again(stateid);
    } else {
      delegations.recallFailed(stateid, isUnknown);
    }
  }

  private void again(Stateid4 stateid) {
    timers.schedule(
        AGAIN_AFTER,
        () -> {
          if (delegations.isHeld(stateid)) {
            recall(stateid);
          }
        });
  }
}
