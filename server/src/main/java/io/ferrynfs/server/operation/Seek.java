package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;

/** The SEEK operation (RFC 7862 section 15.11), which finds the next data or the next hole. */
final class Seek implements NfsOperation<Seek4Args, Seek4Res> {
  @Override
  public Seek4Res execute(Seek4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    try (FileUse use = FileUses.forRead(c, args.stateid())) {
      DataContent4 what = DataContent4.find((int) args.what());
      if (what == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_UNION_NOTSUPP);
      }
      if (args.offset() < 0) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_NXIO);
      }
      OpenFile file = use.file();
      long size = file.size();
      long found =
          switch (what) {
            case NFS4_CONTENT_DATA -> file.seekData(args.offset());
            case NFS4_CONTENT_HOLE -> file.seekHole(args.offset());
          };
      // The end of the file counts as a hole, and sr_eof reports it. The size may have changed
      // during the search, so both sizes count.
      boolean eof = found >= Math.min(size, file.size());
      return new Seek4Res.Ok(new SeekRes4(eof, found));
    }
  }

  @Override
  public Cost cost(Seek4Args args) {
    return Cost.BULK;
  }
}
