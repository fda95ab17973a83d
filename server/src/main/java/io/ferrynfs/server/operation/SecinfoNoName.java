package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Secinfo4Res;
import io.ferrynfs.wire.nfs4.SecinfoStyle4;

/** The SECINFO_NO_NAME operation (RFC 8881 section 18.45). It consumes the current filehandle. */
final class SecinfoNoName implements NfsOperation<SecinfoStyle4, Secinfo4Res> {
  @Override
  public Secinfo4Res execute(SecinfoStyle4 style, CompoundContext c)
      throws NfsStatusException, StorageException {
    FileRef current = c.current();
    FileRef meant =
        style == SecinfoStyle4.SECINFO_STYLE4_PARENT
            ? c.exports().parent(current, c.caller())
            : current;
    c.consumeCurrent();
    return new Secinfo4Res.Ok(Secinfo.flavors(meant));
  }
}
