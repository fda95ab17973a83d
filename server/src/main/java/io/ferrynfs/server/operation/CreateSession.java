package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.compound.RequestInfo;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;

/** The CREATE_SESSION operation (RFC 8881 section 18.36). */
final class CreateSession implements NfsOperation<CreateSession4Args, CreateSession4Res> {
  @Override
  public CreateSession4Res execute(CreateSession4Args args, CompoundContext c) {
    RequestInfo request = c.request();
    return c.services()
        .clients()
        .createSession(args, request.principal(), request.connection(), request.minorVersion());
  }

  @Override
  public boolean changesState() {
    return true;
  }

  /**
   * Returns BULK because the first session of a restarted client closes all its former open files.
   */
  @Override
  public Cost cost(CreateSession4Args args) {
    return Cost.BULK;
  }
}
