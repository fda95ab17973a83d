package io.ferrynfs.client.file;

import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** CLONE, COPY and COPY_NOTIFY of one open file (RFC 7862 sections 15.13, 15.2 and 15.3). */
final class CopyCalls {

  private final NfsFh4 handle;
  private final StateidCalls stateids;

  CopyCalls(NfsFh4 handle, StateidCalls stateids) {
    this.handle = handle;
    this.stateids = stateids;
  }

  /** COPY is alone in its COMPOUND, so a stateid is always that of one copy (B-004). */
  CompletableFuture<Results> copy(
      long offset,
      CopyCalls to,
      long toOffset,
      long count,
      boolean consecutive,
      boolean synchronous) {
    return stateids.attemptWith(
        to.stateids,
        (from, into) ->
            between(to)
                .once(
                    new NfsArgop4.Copy(
                        new Copy4Args(
                            from,
                            into,
                            offset,
                            toOffset,
                            count,
                            consecutive,
                            synchronous,
                            List.of())))
                .longRunning()
                .build());
  }

  CompletableFuture<Results> copyFrom(NfsFh4 source, Function<Stateid4, Copy4Args> args) {
    return stateids.attemptFromAnotherServer(stateid ->
        Compound.of(CompoundOps.put(source), CompoundOps.save(), CompoundOps.put(handle))
            .once(new NfsArgop4.Copy(args.apply(stateid)))
            .longRunning()
            .build());
  }

  CompletableFuture<CopyNotify4Resok> copyNotify(Netloc4 destination) {
    return stateids
        .withData(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.CopyNotify(new CopyNotify4Args(stateid, destination)))
                .build())
        .thenApply(results ->
            Futures.get(() -> {
              if (results.at(1, NfsResop4.CopyNotify.class).res()
                  instanceof CopyNotify4Res.Ok(var ok)) {
                return ok;
              }
              throw results.failure();
            }));
  }

  CompletableFuture<Results> clone(long offset, CopyCalls to, long toOffset, long count) {
    return stateids.attemptWith(
        to.stateids,
        (from, into) ->
            between(to)
                .add(new NfsArgop4.Clone(new Clone4Args(from, into, offset, toOffset, count)))
                .longRunning()
                .build());
  }

  private Compound.Builder between(CopyCalls to) {
    return Compound.of(CompoundOps.put(handle), CompoundOps.save(), CompoundOps.put(to.handle));
  }
}
