package io.ferrynfs.server.operation;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import java.util.concurrent.CompletableFuture;

/**
 * RFC 7862 section 15.8: OFFLOAD_CANCEL, of a copy into the current file by its offload stateid, or
 * of the permission to read the current file by the stateid that COPY_NOTIFY gave. That of a copy
 * is answered when nothing is written any more, so that the client may use the range for something
 * else; and there is no CB_OFFLOAD then.
 */
final class OffloadCancel implements AsyncOperation<OffloadCancel4Args, OffloadCancel4Res> {
  @Override
  public CompletableFuture<OffloadCancel4Res> begin(OffloadCancel4Args args, CompoundContext c)
      throws NfsStatusException {
    Services services = c.services();
    long clientid = c.client().clientid();
    FileKey file = c.current().key();
    Principal principal = c.request().principal();
    OffloadCancel4Res done = new OffloadCancel4Res(Nfsstat4.NFS4_OK);
    return services.state().notifies().cancel(clientid, file, args.stateid(), principal)
        ? CompletableFuture.completedFuture(done)
        : services.copies().cancel(clientid, file, args.stateid(), principal).thenApply(_ -> done);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
