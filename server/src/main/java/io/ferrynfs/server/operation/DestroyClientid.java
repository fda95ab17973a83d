package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.DestroyClientid4Args;
import io.ferrynfs.wire.nfs4.DestroyClientid4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.CompletableFuture;

/**
 * RFC 8881 section 18.50: DESTROY_CLIENTID. A client that asks within a session of its own has that
 * session still, and so is busy. The answer comes when no instance of this server will wait for the
 * client any more.
 */
final class DestroyClientid implements AsyncOperation<DestroyClientid4Args, DestroyClientid4Res> {
  @Override
  public CompletableFuture<DestroyClientid4Res> begin(DestroyClientid4Args args, CompoundContext c)
      throws NfsStatusException {
    return c.services()
        .clients()
        .destroyClientid(args.clientid())
        .thenApply(_ -> new DestroyClientid4Res(Nfsstat4.NFS4_OK));
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
