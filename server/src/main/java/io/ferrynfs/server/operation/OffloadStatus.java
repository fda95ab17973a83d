package io.ferrynfs.server.operation;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.OffloadStatus4Args;
import io.ferrynfs.wire.nfs4.OffloadStatus4Res;

/**
 * The OFFLOAD_STATUS operation (RFC 7862 section 15.9): the progress or the result of a copy. It
 * changes no state, and any session of the client may send it.
 */
final class OffloadStatus implements NfsOperation<OffloadStatus4Args, OffloadStatus4Res> {
  @Override
  public OffloadStatus4Res execute(OffloadStatus4Args args, CompoundContext c)
      throws NfsStatusException {
    return new OffloadStatus4Res.Ok(
        c.services().copies().progress(c.client().clientid(), c.current().key(), args.stateid()));
  }
}
