package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.AsyncOperation;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.session.SlotId;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.DestroySession4Args;
import io.ferrynfs.wire.nfs4.DestroySession4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.concurrent.CompletableFuture;

/**
 * The DESTROY_SESSION operation (RFC 8881 section 18.37). The reply is sent when the session's
 * operations in progress have ended (RFC 7862 section 14.1).
 */
final class DestroySession implements AsyncOperation<DestroySession4Args, DestroySession4Res> {
  @Override
  public CompletableFuture<DestroySession4Res> begin(DestroySession4Args args, CompoundContext c)
      throws NfsStatusException {
    SlotId own = c.slotIfAny();
    if (own != null && own.session().equals(args.sessionid()) && !c.isLastOperation()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOT_ONLY_OP);
    }
    return c.services()
        .clients()
        .destroySession(args.sessionid(), c.request().connection(), own)
        .thenApply(DestroySession4Res::new);
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
