package io.ferrynfs.server.operation;

import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;

/** RFC 8881 section 18.36: CREATE_SESSION. */
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

  /** The first one of a client that restarted closes all that it had open before. */
  @Override
  public Cost cost(CreateSession4Args args) {
    return Cost.BULK;
  }
}
