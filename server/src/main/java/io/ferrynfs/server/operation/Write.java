package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import java.nio.ByteBuffer;

/** The WRITE operation (RFC 8881 section 18.32). */
final class Write implements NfsOperation<Write4Args, Write4Res> {
  @Override
  public Write4Res execute(Write4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    ByteBuffer data = args.data().bytes();
    try (FileUse use = FileUses.forWrite(c, args.stateid())) {
      if (args.offset() < 0 || args.offset() + data.remaining() < 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_FBIG);
      }
      // The verifier is read before the write. If a sync fails in between, this write may be lost,
      // too.
      Verifier4 verifier = c.services().writeVerifier().current();
      int count = data.hasRemaining() ? use.file().write(data, args.offset()) : 0;
      sync(use.file(), args.stable(), c);
      return new Write4Res.Ok(new Write4Resok(count, args.stable(), verifier));
    }
  }

  private static void sync(OpenFile file, StableHow4 stable, CompoundContext c)
      throws NfsStatusException, StorageException {
    if (stable == StableHow4.UNSTABLE4) {
      return;
    }
    FileSupport.sync(c, file, stable == StableHow4.DATA_SYNC4 ? SyncScope.DATA : SyncScope.ALL);
  }

  @Override
  public Cost cost(Write4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
