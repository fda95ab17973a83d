package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Getfh4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;

/** The GETFH operation (RFC 8881 section 18.8). */
final class Getfh implements NfsOperation<NfsArgop4.Getfh, Getfh4Res> {
  @Override
  public Getfh4Res execute(NfsArgop4.Getfh args, CompoundContext c) throws NfsStatusException {
    return new Getfh4Res.Ok(new Getfh4Resok(c.current().wire()));
  }
}
