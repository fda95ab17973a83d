package ferry.server.operation;

import ferry.server.export.FileRef;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.Readlink4Res;
import ferry.wire.nfs4.Readlink4Resok;
import ferry.wire.xdr.Opaque;

/** RFC 5661 section 18.24: READLINK. */
final class Readlink implements Operation<NfsArgop4.Readlink, Readlink4Res> {
  @Override
  public Readlink4Res execute(NfsArgop4.Readlink args, CompoundContext c)
      throws Refused, StorageException {
    FileRef link = c.current();
    byte[] target = link.volume().readLink(c.caller(), link.handle());
    return new Readlink4Res.Ok(new Readlink4Resok(Opaque.of(target)));
  }

  /** A target of PATH_MAX bytes. */
  @Override
  public int replyBytesMax(NfsArgop4.Readlink args) {
    return 4096 + 64;
  }
}
