package io.ferrynfs.client.backchannel;

import io.ferrynfs.wire.nfs4.CbNotifyLock4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecallAny4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.Executor;

/**
 * Handles the server's callbacks (RFC 8881 section 20). The methods run on the connection's thread
 * and must not block. A retried callback is answered from the reply cache and does not reach a
 * handler.
 */
public interface CallbackHandler {

  /** Handles CB_RECALL (RFC 8881 section 20.2): returns the delegation in the background. */
  Nfsstat4 recall(CbRecall4Args args);

  /** Handles CB_RECALL_ANY (RFC 8881 section 20.6): returns some delegations in the background. */
  default Nfsstat4 recallAny(CbRecallAny4Args args) {
    return Nfsstat4.NFS4_OK;
  }

  /**
   * Handles CB_OFFLOAD (RFC 7862 section 16.1), by which the server reports the end of an
   * asynchronous copy.
   *
   * @param afterReply runs actions on another thread, after the reply to this callback was written.
   *     Futures of the API must be completed there, because their dependents are user code
   */
  Nfsstat4 offload(CbOffload4Args args, Executor afterReply);

  /** Handles CB_NOTIFY_LOCK (RFC 8881 section 20.11): a lock that was denied may be available. */
  default Nfsstat4 notifyLock(CbNotifyLock4Args args) {
    return Nfsstat4.NFS4_OK;
  }
}
