package io.ferrynfs.client.backchannel;

import io.ferrynfs.wire.nfs4.CbNotifyLock4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecallAny4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * What the client does about callbacks. Runs on the connection's thread and must not block: what
 * takes longer is begun here and goes on elsewhere. A replay never gets here.
 */
public interface CallbackHandler {

  /** CB_RECALL (RFC 8881 section 20.2): give the delegation back. */
  Nfsstat4 recall(CbRecall4Args args);

  /** CB_RECALL_ANY (section 20.6): give some of the objects of these types back. */
  default Nfsstat4 recallAny(CbRecallAny4Args args) {
    return Nfsstat4.NFS4_OK;
  }

  /** CB_OFFLOAD (RFC 7862 section 16.1): an asynchronous copy has ended. */
  Nfsstat4 offload(CbOffload4Args args);

  /** CB_NOTIFY_LOCK (RFC 8881 section 20.11): a lock that was denied may be free. */
  default Nfsstat4 notifyLock(CbNotifyLock4Args args) {
    return Nfsstat4.NFS4_OK;
  }
}
