package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Readlink4Res;
import io.ferrynfs.wire.nfs4.Readlink4Resok;
import io.ferrynfs.wire.xdr.Opaque;

/** The READLINK operation (RFC 8881 section 18.24). */
final class Readlink implements NfsOperation<NfsArgop4.Readlink, Readlink4Res> {
  @Override
  public Readlink4Res execute(NfsArgop4.Readlink args, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef link = c.current();
    byte[] target = link.volume().readLink(c.caller(), link.handle());
    return new Readlink4Res.Ok(new Readlink4Resok(Opaque.of(target)));
  }

  /** A target may have PATH_MAX bytes. */
  @Override
  public int replyBytesMax(NfsArgop4.Readlink args) {
    return 4096 + 64;
  }
}
