package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.AsyncOperation;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Res;
import java.util.concurrent.CompletableFuture;

/**
 * The RECLAIM_COMPLETE operation (RFC 8881 section 18.51). It does nothing for a single file system
 * because no file system migrates to this server.
 */
final class ReclaimComplete implements AsyncOperation<ReclaimComplete4Args, ReclaimComplete4Res> {
  private static final ReclaimComplete4Res DONE = new ReclaimComplete4Res(Nfsstat4.NFS4_OK);

  @Override
  public CompletableFuture<ReclaimComplete4Res> begin(ReclaimComplete4Args args, CompoundContext c)
      throws NfsStatusException {
    if (args.oneFs()) {
      var _ = c.current();
      return CompletableFuture.completedFuture(DONE);
    }
    return c.client().completeReclaim().thenApply(_ -> DONE);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
