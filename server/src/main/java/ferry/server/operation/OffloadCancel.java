package ferry.server.operation;

import ferry.server.status.Refused;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.OffloadCancel4Args;
import ferry.wire.nfs4.OffloadCancel4Res;
import java.util.concurrent.CompletableFuture;

/**
 * RFC 7862 section 15.8: OFFLOAD_CANCEL. It is answered when nothing is written any more, so that
 * the client may use the range for something else; and there is no CB_OFFLOAD then.
 */
final class OffloadCancel implements LateOperation<OffloadCancel4Args, OffloadCancel4Res> {
  @Override
  public CompletableFuture<OffloadCancel4Res> begin(OffloadCancel4Args args, CompoundContext c)
      throws Refused {
    return c.services()
        .copies()
        .cancel(c.client().clientid(), c.current().key(), args.stateid(), c.request().principal())
        .thenApply(_ -> new OffloadCancel4Res(Nfsstat4.NFS4_OK));
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
