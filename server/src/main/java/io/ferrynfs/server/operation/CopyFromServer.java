package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.offload.CopyInput;
import io.ferrynfs.server.offload.CopyOutcome;
import io.ferrynfs.server.offload.CopyRange;
import io.ferrynfs.server.offload.CopyRequest;
import io.ferrynfs.server.offload.CopySetUps.SetUp;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.source.SourceFailure;
import io.ferrynfs.server.source.SourceFile;
import io.ferrynfs.server.source.SourceRequest;
import io.ferrynfs.server.source.SourceServers;
import io.ferrynfs.server.source.SourceServers.Found;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.status.StatusMap;
import io.ferrynfs.server.status.ValidErrors;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A COPY from another server (RFC 7862 sections 4.6 and 15.2.3). The reply is sent after the source
 * has been found, within a bounded time, and no thread blocks in between. COPY itself therefore
 * returns the errors of a source. Clients then fall back to READ and WRITE.
 *
 * <p>If the source is this server itself, the copy is local.
 */
final class CopyFromServer {
  private static final Logger LOG = System.getLogger(CopyFromServer.class.getName());

  /**
   * The maximum size of a range that the server reads together with the attributes of the source.
   */
  private static final long READ_AHEAD_BYTES_MAX = 256 << 10;

  private static final Opaque MACHINE_NAME = Opaque.ofUtf8("ferry");

  private final Copy4Args args;
  private final CompoundContext c;
  private final NfsFh4 handle;
  private final FileUse to;
  private final SetUp setUp;

  private CopyFromServer(
      Copy4Args args, CompoundContext c, NfsFh4 handle, FileUse to, SetUp setUp) {
    this.args = args;
    this.c = c;
    this.handle = handle;
    this.to = to;
    this.setUp = setUp;
  }

  static CompletableFuture<Copy4Res> begin(Copy4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    SourceServers sources = c.services().sources();
    if (!sources.isEnabled()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    NfsFh4 handle = c.savedWire();
    FileRef target = c.current();
    Attributes attributes = target.volume().attributes(c.caller(), target.handle());
    if (!attributes.isRegular()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
    // READ with a special stateid would be checked against the identity of this server and not
    // against the access of the client.
    if (Stateids.isSpecial(args.srcStateid())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    Copy.checkNotDenied(c, handle);
    // The server does not connect to a source if the copy could not be written (I-009).
    FileUse to = FileUses.forWrite(c, args.dstStateid());
    boolean isBegun = false;
    @Nullable SetUp setUp = null;
    try {
      setUp = c.services().copies().setUps().begin(c.client().clientid());
      CompletableFuture<Copy4Res> answer =
          new CopyFromServer(args, c, handle, to, setUp).find(sources);
      isBegun = true;
      return answer;
    } finally {
      if (!isBegun) {
        to.close();
        if (setUp != null) {
          setUp.close();
        }
      }
    }
  }

  private CompletableFuture<Copy4Res> find(SourceServers sources) throws NfsStatusException {
    String client = "uid " + c.request().principal().uid() + " of " + Copy.clientText(c);
    long readAheadMax =
        Math.min(READ_AHEAD_BYTES_MAX, c.services().limits().copies().answeredAtOnceBytesMax());
    boolean fitsReply = args.srcOffset() >= 0 && args.count() > 0 && args.count() <= readAheadMax;
    SourceRequest request =
        new SourceRequest(
            c.client().clientid(),
            client,
            args.sourceServer(),
            handle,
            args.srcStateid(),
            reader(c.caller()),
            args.srcOffset(),
            fitsReply ? (int) args.count() : 0);
    CompletableFuture<Copy4Res> answer = new CompletableFuture<>();
    var _ =
        sources
            .open(request)
            .whenComplete((found, failure) ->
                // The task opens and closes files. The thread of the source's connection must not
                // do that.
                setUp.proceed(() -> proceed(client, found, failure, answer)));
    return answer;
  }

  private void proceed(
      String client,
      @Nullable Found found,
      @Nullable Throwable failure,
      CompletableFuture<Copy4Res> answer) {
    try {
      CompletableFuture<Copy4Res> copied =
          switch (found) {
            case Found.Remote(SourceFile file) -> copyRemotely(file);
            case Found.ThisServer() -> copyInside();
            case null -> CompletableFuture.completedFuture(notFound(client, failure));
          };
      var _ =
          copied.whenComplete((result, fault) -> {
            if (fault == null) {
              answer.complete(result);
            } else {
              answer.completeExceptionally(fault);
            }
          });
    } catch (NfsStatusException e) {
      answer.complete(failed(e.status()));
    } catch (StorageException e) {
      answer.complete(failed(StatusMap.of(e.status())));
    } catch (RuntimeException | Error fault) {
      answer.completeExceptionally(fault);
    }
  }

  private static Copy4Res failed(Nfsstat4 status) {
    return new Copy4Res.Failed(ValidErrors.constrain(NfsOpnum4.OP_COPY, status));
  }

  private Copy4Res notFound(String client, @Nullable Throwable failure) {
    to.close();
    if (failure == null) {
      throw new IllegalStateException("neither found nor failed");
    }
    SourceFailure reason = SourceFailure.of(failure);
    LOG.log(Level.INFO, () -> "no copy between servers for " + client + ": " + reason.getMessage());
    return failed(reason.status(c.services().options().copyRules()));
  }

  private CompletableFuture<Copy4Res> copyRemotely(SourceFile file) throws NfsStatusException {
    CopyInput source = new CopyInput.Remote(file, c.services().options().copyRules());
    boolean isAccepted = false;
    try {
      CopyRange range = Copy.range(args, c, file.size(), false);
      CopyRequest request = Copy.request(c, source, to, range);
      if (range.length() == 0) {
        return CompletableFuture.completedFuture(Copy.answer(null, 0, request.verifier()));
      }
      CopyOutcome written = c.services().copies().small().write(request, file);
      if (written != null) {
        return CompletableFuture.completedFuture(Copy.answer(written));
      }
      CompletableFuture<Copy4Res> started = Copy.start(args, c, request);
      isAccepted = started != null;
      return started != null ? started : Copy.noResources();
    } finally {
      if (!isAccepted) {
        source.close();
        to.close();
      }
    }
  }

  /** Copies inside this server. The filehandle and the stateid are its own. */
  private CompletableFuture<Copy4Res> copyInside() throws NfsStatusException, StorageException {
    Copy.LocalSource source;
    boolean isUsable = false;
    try {
      FileRef file = c.exports().decode(handle);
      boolean isTarget = FileUses.checkTwoRegularFiles(c, file, c.current());
      Copy.checkNotDenied(c, file.key());
      source =
          new Copy.LocalSource(
              file, isTarget, () -> FileUses.ofNotified(c, file, args.srcStateid()));
      isUsable = true;
    } finally {
      if (!isUsable) {
        to.close();
      }
    }
    return Copy.copyLocally(args, c, source, to);
  }

  /**
   * Returns the credential for READ at the source: the user after squashing, so that a squashed
   * user has no further access there.
   */
  private static Credential reader(Caller caller) {
    List<Long> gids = caller.gids();
    return new Credential.Sys(
        0,
        MACHINE_NAME,
        caller.uid(),
        caller.gid(),
        gids.subList(0, Math.min(gids.size(), Credential.Sys.GIDS_MAX)));
  }
}
