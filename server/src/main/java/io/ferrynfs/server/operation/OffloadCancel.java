package io.ferrynfs.server.operation;

import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.compound.AsyncOperation;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Services;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import java.util.concurrent.CompletableFuture;

/**
 * The OFFLOAD_CANCEL operation (RFC 7862 section 15.8). It cancels a copy into the current file by
 * its offload stateid, or the permission to read the current file by the stateid of COPY_NOTIFY.
 * For a copy, the reply is sent when the server no longer writes to the range, so that the client
 * may use it. The server then sends no CB_OFFLOAD.
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
