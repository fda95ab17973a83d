package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Res;
import java.util.concurrent.CompletableFuture;

/**
 * RFC 8881 section 18.51: RECLAIM_COMPLETE. No file system ever moves here from another server, so
 * for one file system it has nothing to complete.
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
