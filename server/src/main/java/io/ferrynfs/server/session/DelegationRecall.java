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
 * Asks a client for one delegation back: CB_RECALL (RFC 8881 section 20.2). The callback queue
 * repeats it until there is an answer or the client is gone.
 *
 * <p>It names the OPEN that granted the delegation, so that a client that has not seen the reply
 * waits for it (section 2.10.6.3). A client that says that it has no such delegation may still be
 * one that does not look at that, so it is asked again; after that it is believed. Any other error
 * completes the recall, too (20.2.4), though the client has the delegation: it is taken away.
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
   * Nothing is asked yet.
   *
   * @param client who has the delegation
   * @param granted the OPEN that it came with
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
