package ferry.server.operation;

import ferry.server.attribute.AttributeTable;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Getattr4Args;
import ferry.wire.nfs4.Getattr4Res;
import ferry.wire.nfs4.Getattr4Resok;

/** RFC 5661 section 18.7: GETATTR. */
final class Getattr implements Operation<Getattr4Args, Getattr4Res> {
  /** More than all values of the table together: the longest are a filehandle and two owners. */
  private static final int REPLY_BYTES_MAX = 1024;

  @Override
  public Getattr4Res execute(Getattr4Args args, CompoundContext c)
      throws Refused, StorageException {
    return new Getattr4Res.Ok(
        new Getattr4Resok(
            AttributeTable.INSTANCE.read(FileSupport.subject(c, c.current()), args.attrRequest())));
  }

  @Override
  public int replyBytesMax(Getattr4Args args) {
    return REPLY_BYTES_MAX;
  }
}
