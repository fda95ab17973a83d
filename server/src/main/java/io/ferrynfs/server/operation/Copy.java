package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.compound.AsyncOperation;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.offload.CopyEngine;
import io.ferrynfs.server.offload.CopyInput;
import io.ferrynfs.server.offload.CopyOutcome;
import io.ferrynfs.server.offload.CopyRange;
import io.ferrynfs.server.offload.CopyRequest;
import io.ferrynfs.server.operation.support.FileUses;
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
 * The COPY operation (RFC 7862 section 15.2). This class copies between local files; {@link
 * CopyFromServer} finds the file for a copy from another server.
 *
 * <p>A copy is asynchronous (RFC 7862 section 4.4) if the client permits it, a callback does not
 * cost more than the copy, and the client has a connection for callbacks. Beyond the limit of
 * asynchronous copies it is synchronous. The server then bounds its time and returns a short copy,
 * and the client requests the rest. With strict rules the server returns NFS4ERR_OFFLOAD_NO_REQS
 * instead. The copy_file_range(2) of Linux 6.1 fails with EIO on that error.
 *
 * <p>Bytes are copied in order. The bytes of a synchronous copy are not durable yet: the client
 * sends COMMIT, as after WRITE with UNSTABLE4.
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
    Opener opener = () -> FileUses.ofSource(c, args.srcStateid());
    return copyLocally(args, c, new LocalSource(c.saved(), sameFile, opener), to);
  }

  /** Opens a file by its stateid. */
  @FunctionalInterface
  interface Opener {
    FileUse open() throws NfsStatusException, StorageException;
  }

  /**
   * A source on this server.
   *
   * @param file the file
   * @param isTarget whether it is also the target
   * @param opener opens it
   */
  record LocalSource(FileRef file, boolean isTarget, Opener opener) {}

  static void checkNotDenied(CompoundContext c, Object source) throws NfsStatusException {
    if (c.services().copies().isDenied(c.client().clientid(), source, c.current().key())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    }
  }

  /**
   * Copies from a local file into the open file {@code to}, which this method or the copy closes.
   */
  static CompletableFuture<Copy4Res> copyLocally(
      Copy4Args args, CompoundContext c, LocalSource source, FileUse to)
      throws NfsStatusException, StorageException {
    @Nullable FileUse from = null;
    boolean isAccepted = false;
    try {
      from = source.opener().open();
      CopyRange range = range(args, c, from.file().size(), source.isTarget());
      if (isSmall(range, c) && c.services().copies().small().mayCopyNow()) {
        Verifier4 verifier = c.services().writeVerifier().current();
        long copied = c.services().copies().small().copy(from.file(), to.file(), range);
        return CompletableFuture.completedFuture(answer(null, copied, verifier));
      }
      CopyRequest request = request(c, new CopyInput.Local(source.file(), from), to, range);
      CompletableFuture<Copy4Res> started = start(args, c, request);
      isAccepted = started != null;
      return started != null ? started : noResources();
    } finally {
      if (!isAccepted) {
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
   * Starts a synchronous or an asynchronous copy, which owns the files of the request from then on.
   *
   * @return the reply to COPY; null at the limit of asynchronous copies if the rules do not permit
   *     a synchronous one instead, and the caller still owns the files then
   */
  static @Nullable CompletableFuture<Copy4Res> start(
      Copy4Args args, CompoundContext c, CopyRequest request) throws NfsStatusException {
    CopyEngine copies = c.services().copies();
    copies.endOrphans(request, c.services().clients()::hasSession);
    if (args.synchronous()
        || !c.client().callbacks().hasPath()
        || (isSmall(request.range(), c) && copies.mayAnswerSoon())) {
      return copies.copyInTurn(request).thenApply(Copy::answer);
    }
    Stateid4 stateid = copies.submit(request);
    if (stateid != null) {
      return CompletableFuture.completedFuture(answer(stateid, 0, request.verifier()));
    }
    return c.services().options().copyRules() == CopyRules.LINUX
        ? copies.copyInTurn(request).thenApply(Copy::answer)
        : null;
  }

  /** Returns the reply at the limit of asynchronous copies (RFC 7862 section 15.2.3). */
  static CompletableFuture<Copy4Res> noResources() {
    return CompletableFuture.completedFuture(
        new Copy4Res.OffloadNoReqs(new CopyRequirements4(true, true)));
  }

  static CopyRequest request(CompoundContext c, CopyInput source, FileUse to, CopyRange range)
      throws NfsStatusException {
    return new CopyRequest(
        c.client(),
        clientText(c),
        c.request().principal(),
        c.reference(),
        source,
        c.current(),
        to,
        range,
        c.services().writeVerifier().current());
  }

  /** Returns the address and the name of the client as printable text. */
  static String clientText(CompoundContext c) throws NfsStatusException {
    return peer(c) + " " + c.client().name();
  }

  /** Returns the address of the client as printable text. */
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
   * Returns the reply to COPY. The copy is asynchronous if there is a stateid (C-026). The reply
   * states that the copy is in order (C-027). It has the verifier to compare with that of COMMIT,
   * also for an asynchronous copy (C-036).
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
