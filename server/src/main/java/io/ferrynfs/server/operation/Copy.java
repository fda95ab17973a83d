package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.offload.CopyEngine;
import io.ferrynfs.server.offload.CopyInput;
import io.ferrynfs.server.offload.CopyOutcome;
import io.ferrynfs.server.offload.CopyRange;
import io.ferrynfs.server.offload.CopyRequest;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * RFC 7862 section 15.2: COPY. What is inside this server is copied here; {@link CopyFromServer}
 * finds the file for a copy from another one.
 *
 * <p>A copy goes on after the reply (section 4.4) when it may be asynchronous, is not so small that
 * a callback would cost more, and its client can be told of its end. At the limit of such copies it
 * is synchronous: it waits for its turn, is bounded in time and then answers with a short count, so
 * that the client asks for the rest. Strict rules have the client ask for that, by
 * NFS4ERR_OFFLOAD_NO_REQS, on which the copy_file_range of Linux 6.1 fails with EIO.
 *
 * <p>Bytes are copied in order. Those of a synchronous copy are not durable yet: the client sends
 * COMMIT, as after WRITE with UNSTABLE4.
 */
final class Copy implements AsyncOperation<Copy4Args, Copy4Res> {

  @Override
  public CompletableFuture<Copy4Res> begin(Copy4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    c.checkNotInGrace();
    if (!args.sourceServer().isEmpty()) {
      return CopyFromServer.begin(args, c);
    }
    boolean sameFile = FileUses.checkTwoRegularFiles(c);
    checkNotDenied(c, c.saved().key());
    FileUse to = FileUses.forWrite(c, args.dstStateid());
    Opening opening = () -> FileUses.ofSource(c, args.srcStateid());
    return inside(args, c, new Inside(c.saved(), sameFile, opening), to);
  }

  /** Opens a file by the stateid that there is for it. */
  @FunctionalInterface
  interface Opening {
    FileUse open() throws NfsStatusException, StorageException;
  }

  /**
   * A source inside this server.
   *
   * @param file where it is
   * @param isTarget whether it is the target as well
   * @param opening opens it
   */
  record Inside(FileRef file, boolean isTarget, Opening opening) {}

  static void checkNotDenied(CompoundContext c, Object source) throws NfsStatusException {
    if (c.services().copies().isDenied(c.client().clientid(), source, c.current().key())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    }
  }

  /** Copies from a file of this server into one that is open already, and is closed here. */
  static CompletableFuture<Copy4Res> inside(
      Copy4Args args, CompoundContext c, Inside source, FileUse to)
      throws NfsStatusException, StorageException {
    @Nullable FileUse from = null;
    boolean isTakenOver = false;
    try {
      from = source.opening().open();
      CopyRange range = range(args, c, from.file().size(), source.isTarget());
      if (isSmall(range, c) && c.services().copies().small().mayCopyNow()) {
        Verifier4 verifier = c.services().writeVerifier().current();
        long copied = c.services().copies().small().copy(from.file(), to.file(), range);
        return CompletableFuture.completedFuture(answer(null, copied, verifier));
      }
      CopyRequest request = request(c, new CopyInput.Here(source.file(), from), to, range);
      Started started = start(args, c, request);
      isTakenOver = started.isTakenOver();
      return started.answer();
    } finally {
      if (!isTakenOver) {
        to.close();
        if (from != null) {
          from.close();
        }
      }
    }
  }

  static CopyRange range(Copy4Args args, CompoundContext c, long size, boolean sameFile)
      throws NfsStatusException {
    boolean strict = c.services().options().copyRules() == CopyRules.RFC7862;
    return CopyRange.of(args, size, sameFile, strict);
  }

  static boolean isSmall(CopyRange range, CompoundContext c) {
    return range.length() <= c.services().limits().copies().answeredAtOnceBytesMax();
  }

  /**
   * What has become of a request.
   *
   * @param isTakenOver whether its files are the engine's
   * @param answer what COPY answers
   */
  record Started(boolean isTakenOver, CompletableFuture<Copy4Res> answer) {}

  /** Has a copy made, before the reply or after it. */
  static Started start(Copy4Args args, CompoundContext c, CopyRequest request)
      throws NfsStatusException {
    CopyEngine copies = c.services().copies();
    copies.endOrphans(request, c.services().clients()::hasSession);
    if (args.synchronous()
        || !c.client().callbacks().hasPath()
        || (isSmall(request.range(), c) && copies.mayAnswerSoon())) {
      return new Started(true, copies.copyInTurn(request).thenApply(Copy::answer));
    }
    Stateid4 stateid = copies.submit(request);
    if (stateid != null) {
      return new Started(
          true, CompletableFuture.completedFuture(answer(stateid, 0, request.verifier())));
    }
    if (c.services().options().copyRules() == CopyRules.LINUX) {
      return new Started(true, copies.copyInTurn(request).thenApply(Copy::answer));
    }
    return new Started(
        false,
        CompletableFuture.completedFuture(
            new Copy4Res.OffloadNoReqs(new CopyRequirements4(true, true))));
  }

  static CopyRequest request(CompoundContext c, CopyInput source, FileUse to, CopyRange range)
      throws NfsStatusException {
    return new CopyRequest(
        c.client(),
        who(c),
        c.request().principal(),
        c.reference(),
        source,
        c.current(),
        to,
        range,
        c.services().writeVerifier().current());
  }

  /** The client, for people. */
  static String who(CompoundContext c) throws NfsStatusException {
    return peer(c) + " " + c.client().name();
  }

  /** Where the client is, for people. */
  static String peer(CompoundContext c) {
    return c.request().connection().peerAddress() instanceof InetSocketAddress address
        ? HostText.of(address)
        : "this machine";
  }

  static Copy4Res answer(CopyOutcome outcome) {
    return outcome.status() == Nfsstat4.NFS4_OK
        ? answer(null, outcome.bytes(), outcome.verifier())
        : new Copy4Res.Failed(outcome.status());
  }

  /**
   * What COPY answers: with a stateid that it goes on (C-026). It is in order either way (C-027),
   * and has the verifier that COMMIT is to be compared with also when it goes on (C-036).
   */
  static Copy4Res answer(@Nullable Stateid4 stateid, long bytes, Verifier4 verifier) {
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
