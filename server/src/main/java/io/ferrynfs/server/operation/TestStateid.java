package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import io.ferrynfs.wire.nfs4.TestStateid4Resok;
import java.util.ArrayList;
import java.util.List;

/** The TEST_STATEID operation (RFC 8881 section 18.48). */
final class TestStateid implements NfsOperation<TestStateid4Args, TestStateid4Res> {
  @Override
  public TestStateid4Res execute(TestStateid4Args args, CompoundContext c)
      throws NfsStatusException {
    long clientid = c.client().clientid();
    List<Nfsstat4> statuses = new ArrayList<>(args.stateids().size());
    for (Stateid4 stateid : args.stateids()) {
      statuses.add(c.services().state().test(clientid, stateid));
    }
    return new TestStateid4Res.Ok(new TestStateid4Resok(statuses));
  }
}
