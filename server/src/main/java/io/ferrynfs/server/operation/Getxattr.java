package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.wire.nfs4.Getxattr4Args;
import io.ferrynfs.wire.nfs4.Getxattr4Res;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;

/** The GETXATTR operation (RFC 8276 section 8.4.1). */
final class Getxattr implements NfsOperation<Getxattr4Args, Getxattr4Res> {
  private static final int OVERHEAD_BYTES = 3 * Integer.BYTES + 3;

  @Override
  public Getxattr4Res execute(Getxattr4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef file = c.current();
    XattrName name = XattrName.of(args.name().toByteArray());
    byte[] value = file.volume().getXattr(c.caller(), file.handle(), name);
    if (value.length + OVERHEAD_BYTES > c.replyRoom()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
    return new Getxattr4Res.Ok(Opaque.of(value));
  }

  /** Returns BULK because a value may be as long as the data of a READ. */
  @Override
  public Cost cost(Getxattr4Args args) {
    return Cost.BULK;
  }

  @Override
  public int replyBytesMax(Getxattr4Args args) {
    return OVERHEAD_BYTES;
  }
}
