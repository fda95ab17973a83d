package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.AsyncOperation;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.DestroyClientid4Args;
import io.ferrynfs.wire.nfs4.DestroyClientid4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.CompletableFuture;

/**
 * The DESTROY_CLIENTID operation (RFC 8881 section 18.50). A request in a session of the same
 * client fails because the session still exists. The reply is sent when the removal is in the
 * registry of clients, so that no later instance waits for the client.
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
