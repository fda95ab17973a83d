package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.Allocate4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * The ALLOCATE operation (RFC 7862 section 15.1). The allocation is durable at the reply because no
 * COMMIT follows.
 */
final class Allocate implements NfsOperation<Allocate4Args, Allocate4Res> {
  @Override
  public Allocate4Res execute(Allocate4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileUses.checkRegularFile(c);
    try (FileUse use = FileUses.forWrite(c, args.stateid())) {
      use.file().allocate(args.offset(), args.length());
      FileSupport.sync(c, use.file(), SyncScope.ALL);
    }
    return new Allocate4Res(Nfsstat4.NFS4_OK);
  }

  @Override
  public Cost cost(Allocate4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
