package io.ferrynfs.client.file;

import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Walks from the root to an object by LOOKUP. One COMPOUND carries all names and the operation that
 * follows, within the limit of the session; a deeper path takes further round trips.
 */
final class PathWalk {

  /** The number of operations reserved in a COMPOUND for the operation after the walk. */
  private static final int OPERATIONS_AFTER = 7;

  private final ServerSession session;

  PathWalk(ServerSession session) {
    this.session = session;
  }

  /**
   * Returns the operations that make an object the current filehandle.
   *
   * @param reserved the number of further operations that must fit
   */
  CompletableFuture<List<NfsArgop4>> to(List<Opaque> names, int reserved) {
    return from(List.of(CompoundOps.putRoot()), names, reserved);
  }

  private CompletableFuture<List<NfsArgop4>> from(
      List<NfsArgop4> start, List<Opaque> names, int reserved) {
    int room = Math.max(1, session.operationsMax() - OPERATIONS_AFTER - reserved);
    List<NfsArgop4> operations = new ArrayList<>(start);
    names.stream().limit(room).map(CompoundOps::lookup).forEach(operations::add);
    if (names.size() <= room) {
      return CompletableFuture.completedFuture(operations);
    }
    int handleAt = operations.size();
    operations.add(CompoundOps.getHandle());
    return session
        .call(Compound.of().addAll(operations).build())
        .thenCompose(results ->
            Futures.compose(() ->
                from(
                    List.of(CompoundOps.put(handle(results, handleAt))),
                    names.subList(room, names.size()),
                    reserved)));
  }

  /** The result of the GETFH at an index. */
  static NfsFh4 handle(Results results, int index) throws java.io.IOException {
    if (results.at(index, NfsResop4.Getfh.class).res() instanceof Getfh4Res.Ok(var ok)) {
      return ok.object();
    }
    throw results.failure();
  }
}
