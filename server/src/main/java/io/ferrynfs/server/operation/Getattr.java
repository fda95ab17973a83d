package io.ferrynfs.server.operation;

import io.ferrynfs.server.attribute.AttributeTable;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.operation.support.FileSupport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The GETATTR operation (RFC 8881 section 18.7). */
final class Getattr implements NfsOperation<Getattr4Args, Getattr4Res> {
  /**
   * An upper bound of the size of all values except access control lists. The longest are a
   * filehandle and two owners.
   */
  private static final int REPLY_BYTES_MAX = 1024;

  /** Operation number, status, attribute bitmap and the length of the values. */
  private static final int OVERHEAD_BYTES = 64;

  @Override
  public Getattr4Res execute(Getattr4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    Fattr4 attributes =
        AttributeTable.INSTANCE.read(FileSupport.subject(c, c.current()), args.attrRequest());
    // Only an access control list can be this long.
    if (attributes.attrVals().size() + OVERHEAD_BYTES > c.replyRoom()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
    return new Getattr4Res.Ok(new Getattr4Resok(attributes));
  }

  @Override
  public int replyBytesMax(Getattr4Args args) {
    return REPLY_BYTES_MAX;
  }
}
