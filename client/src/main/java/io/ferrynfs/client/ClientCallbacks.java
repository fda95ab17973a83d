package io.ferrynfs.client;

import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.offload.PendingOffloads;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.CbNotifyLock4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecallAny4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Dispatches the server's callbacks to the copies and the open files. */
final class ClientCallbacks implements CallbackHandler {

  private final PendingOffloads offloads;
  private volatile @Nullable RemoteFiles files;

  ClientCallbacks(PendingOffloads offloads) {
    this.offloads = offloads;
  }

  void session(ServerSession session) {
    session.onReconnect(offloads::reconnected);
  }

  void files(RemoteFiles remoteFiles) {
    files = remoteFiles;
  }

  /** Before the first file, there are no delegations. */
  @Override
  public Nfsstat4 recall(CbRecall4Args args) {
    RemoteFiles of = files;
    return of == null ? Nfsstat4.NFS4ERR_BADHANDLE : of.recall(args);
  }

  @Override
  public Nfsstat4 recallAny(CbRecallAny4Args args) {
    RemoteFiles of = files;
    return of == null ? Nfsstat4.NFS4_OK : of.recallAny(args);
  }

  @Override
  public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
    return offloads.callback(args, afterReply);
  }

  @Override
  public Nfsstat4 notifyLock(CbNotifyLock4Args args) {
    RemoteFiles of = files;
    if (of != null) {
      of.lockMayBeFree(args.fh(), args.lockOwner().owner());
    }
    return Nfsstat4.NFS4_OK;
  }
}
