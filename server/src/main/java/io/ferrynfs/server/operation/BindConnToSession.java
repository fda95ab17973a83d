package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Res;

/** The BIND_CONN_TO_SESSION operation (RFC 8881 section 18.34). */
final class BindConnToSession
    implements NfsOperation<BindConnToSession4Args, BindConnToSession4Res> {
  @Override
  public BindConnToSession4Res execute(BindConnToSession4Args args, CompoundContext c)
      throws NfsStatusException {
    return new BindConnToSession4Res.Ok(
        c.services().clients().bind(args, c.request().connection()));
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
