package ferry.client;

import ferry.client.backchannel.CallbackHandler;
import ferry.client.file.Delegations;
import ferry.client.file.RemoteFiles;
import ferry.client.offload.Offloads;
import ferry.client.session.ServerSession;
import ferry.wire.nfs4.CbNotifyLock4Args;
import ferry.wire.nfs4.CbOffload4Args;
import ferry.wire.nfs4.CbRecall4Args;
import ferry.wire.nfs4.Nfsstat4;
import org.jspecify.annotations.Nullable;

/** What this client does about the server's callbacks. */
final class ClientCallbacks implements CallbackHandler {

  private final Offloads offloads;
  private volatile @Nullable ServerSession session;
  private volatile @Nullable RemoteFiles files;

  ClientCallbacks(Offloads offloads) {
    this.offloads = offloads;
  }

  void session(ServerSession made) {
    session = made;
    made.onReconnect(offloads::reconnected);
  }

  void files(RemoteFiles opened) {
    files = opened;
  }

  /**
   * Every delegation goes back as soon as it comes, so it may be on its way; to give it back twice
   * does no harm.
   */
  @Override
  public Nfsstat4 recall(CbRecall4Args args) {
    ServerSession in = session;
    if (in == null) {
      return Nfsstat4.NFS4ERR_DELAY;
    }
    Delegations.giveBack(in, args.fh(), args.stateid());
    return Nfsstat4.NFS4_OK;
  }

  @Override
  public Nfsstat4 offload(CbOffload4Args args) {
    return offloads.callback(args);
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
