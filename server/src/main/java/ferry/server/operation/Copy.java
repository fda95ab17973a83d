package ferry.server.operation;

import ferry.server.config.ServerOptions.CopyRules;
import ferry.server.offload.CopyEngine;
import ferry.server.offload.CopyOutcome;
import ferry.server.offload.CopyRange;
import ferry.server.offload.CopyRequest;
import ferry.server.state.FileUse;
import ferry.server.status.Refused;
import ferry.storage.StorageException;
import ferry.wire.nfs4.Copy4Args;
import ferry.wire.nfs4.Copy4Res;
import ferry.wire.nfs4.Copy4Resok;
import ferry.wire.nfs4.CopyRequirements4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.StableHow4;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.nfs4.WriteResponse4;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * RFC 7862 section 15.2: COPY, inside this server.
 *
 * <p>A copy goes on after the reply (section 4.4) when it may be asynchronous, is not so small that
 * a callback would cost more, and its client can be told of its end. At the limit of such copies
 * the answer is NFS4ERR_OFFLOAD_NO_REQS, and the client asks for a synchronous one, which waits for
 * its turn, is bounded in time and then answers with a short count: the client asks for the rest.
 * Bytes are copied in order. Those of a synchronous copy are not durable yet: the client sends
 * COMMIT, as after WRITE with UNSTABLE4.
 */
final class Copy implements LateOperation<Copy4Args, Copy4Res> {

  @Override
  public CompletableFuture<Copy4Res> begin(Copy4Args args, CompoundContext c)
      throws Refused, StorageException {
    if (!args.sourceServer().isEmpty()) {
      throw new Refused(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    c.checkNotInGrace();
    boolean sameFile = FileUses.checkTwoRegularFiles(c);
    if (c.services().copies().isDenied(c.client().clientid(), c.saved().key(), c.current().key())) {
      throw new Refused(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    }
    FileUse to = FileUses.forWrite(c, args.dstStateid());
    @Nullable FileUse from = null;
    boolean takenOver = false;
    try {
      from = FileUses.ofSource(c, args.srcStateid());
      Verifier4 verifier = c.services().writeVerifier().current();
      CopyRange range =
          CopyRange.of(
              args,
              from.file().size(),
              sameFile,
              c.services().options().copyRules() == CopyRules.RFC7862);
      CopyEngine copies = c.services().copies();
      if (isSmall(range, c)) {
        long copied = copies.copyNow(from.file(), to.file(), range);
        return CompletableFuture.completedFuture(answer(null, copied, verifier));
      }
      CopyRequest request = request(c, from, to, range, verifier);
      if (args.synchronous() || !c.client().callbacks().hasPath()) {
        CompletableFuture<CopyOutcome> outcome = copies.copyInTurn(request);
        takenOver = true;
        return outcome.thenApply(Copy::answer);
      }
      Stateid4 stateid = copies.submit(request);
      takenOver = stateid != null;
      return CompletableFuture.completedFuture(
          stateid == null
              ? new Copy4Res.OffloadNoReqs(new CopyRequirements4(true, true))
              : answer(stateid, 0, verifier));
    } finally {
      if (!takenOver) {
        to.close();
        if (from != null) {
          from.close();
        }
      }
    }
  }

  private static boolean isSmall(CopyRange range, CompoundContext c) {
    return range.length() <= c.services().limits().copies().answeredAtOnceBytesMax();
  }

  private static CopyRequest request(
      CompoundContext c, FileUse from, FileUse to, CopyRange range, Verifier4 verifier)
      throws Refused {
    return new CopyRequest(
        c.client(),
        peer(c) + " " + c.client().name(),
        c.request().principal(),
        c.reference(),
        c.saved(),
        from,
        c.current(),
        to,
        range,
        verifier);
  }

  private static String peer(CompoundContext c) {
    return c.request().connection().peerAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "this machine";
  }

  private static Copy4Res answer(CopyOutcome outcome) {
    return outcome.status() == Nfsstat4.NFS4_OK
        ? answer(null, outcome.bytes(), outcome.verifier())
        : new Copy4Res.Failed(outcome.status());
  }

  /**
   * What COPY answers: with a stateid that it goes on (C-026). It is in order either way (C-027),
   * and has the verifier that COMMIT is to be compared with also when it goes on (C-036).
   */
  private static Copy4Res answer(@Nullable Stateid4 stateid, long bytes, Verifier4 verifier) {
    return new Copy4Res.Ok(
        new Copy4Resok(
            new WriteResponse4(stateid, bytes, StableHow4.UNSTABLE4, verifier),
            new CopyRequirements4(true, stateid == null)));
  }

  @Override
  public Cost cost(Copy4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
