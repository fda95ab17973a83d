package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.offload.CopyInput;
import io.ferrynfs.server.offload.CopyOutcome;
import io.ferrynfs.server.offload.CopyRange;
import io.ferrynfs.server.offload.CopyRequest;
import io.ferrynfs.server.offload.CopySetUps.SetUp;
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
 * COPY from another server (RFC 7862 sections 4.6, 15.2.3): the reply comes when the source has
 * been found there, in a bounded time, and no thread waits for that. So what is wrong with a source
 * is told by COPY itself, where clients fall back to READ and WRITE.
 *
 * <p>A source that turns out to be this very server is copied inside it.
 */
final class CopyFromServer {
  private static final Logger LOG = System.getLogger(CopyFromServer.class.getName());

  /** What comes along with the answer that the source is there, if the range is no longer. */
  private static final long AHEAD_BYTES_MAX = 256 << 10;

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
    // READ with one of these would ask who we are, and not what the client may do there.
    if (Stateids.isSpecial(args.srcStateid())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    Copy.checkNotDenied(c, handle);
    // Nobody is connected to for a copy that would not be written (copy-conformance I-009).
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
    String who = "uid " + c.request().principal().uid() + " of " + Copy.who(c);
    long atOnceMax =
        Math.min(AHEAD_BYTES_MAX, c.services().limits().copies().answeredAtOnceBytesMax());
    boolean isLittle = args.srcOffset() >= 0 && args.count() > 0 && args.count() <= atOnceMax;
    SourceRequest request =
        new SourceRequest(
            c.client().clientid(),
            who,
            args.sourceServer(),
            handle,
            args.srcStateid(),
            reader(c.caller()),
            args.srcOffset(),
            isLittle ? (int) args.count() : 0);
    CompletableFuture<Copy4Res> answer = new CompletableFuture<>();
    var _ =
        sources
            .open(request)
            .whenComplete((found, failure) ->
                // Files are opened and closed there, for which the source's thread is no place.
                setUp.goOn(() -> proceed(who, found, failure, answer)));
    return answer;
  }

  private void proceed(
      String who,
      @Nullable Found found,
      @Nullable Throwable failure,
      CompletableFuture<Copy4Res> answer) {
    try {
      CompletableFuture<Copy4Res> copied =
          switch (found) {
            case Found.Elsewhere(SourceFile file) -> elsewhere(file);
            case Found.Here() -> here();
            case null -> CompletableFuture.completedFuture(notFound(who, failure));
          };
      var _ =
          copied.whenComplete((result, fault) -> {
            if (fault == null) {
              answer.complete(result);
            } else {
              answer.completeExceptionally(fault);
            }
          });
    } catch (NfsStatusException refused) {
      answer.complete(failed(refused.status()));
    } catch (StorageException refused) {
      answer.complete(failed(StatusMap.of(refused.status())));
    } catch (RuntimeException | Error fault) {
      answer.completeExceptionally(fault);
    }
  }

  private static Copy4Res failed(Nfsstat4 status) {
    return new Copy4Res.Failed(ValidErrors.constrain(NfsOpnum4.OP_COPY, status));
  }

  private Copy4Res notFound(String who, @Nullable Throwable failure) {
    to.close();
    if (failure == null) {
      throw new IllegalStateException("neither found nor failed");
    }
    SourceFailure why = SourceFailure.of(failure);
    LOG.log(Level.INFO, () -> "no copy between servers for " + who + ": " + why.getMessage());
    return failed(why.status(c.services().options().copyRules()));
  }

  private CompletableFuture<Copy4Res> elsewhere(SourceFile file) throws NfsStatusException {
    CopyInput source = new CopyInput.Elsewhere(file, c.services().options().copyRules());
    boolean isTakenOver = false;
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
      Copy.Started started = Copy.start(args, c, request);
      isTakenOver = started.isTakenOver();
      return started.answer();
    } finally {
      if (!isTakenOver) {
        source.close();
        to.close();
      }
    }
  }

  /** The filehandle is one of this server's then, and the stateid too. */
  private CompletableFuture<Copy4Res> here() throws NfsStatusException, StorageException {
    Copy.Inside source;
    boolean isUsable = false;
    try {
      FileRef file = c.exports().decode(handle);
      boolean isTarget = FileUses.checkTwoRegularFiles(c, file, c.current());
      Copy.checkNotDenied(c, file.key());
      source =
          new Copy.Inside(file, isTarget, () -> FileUses.ofNotified(c, file, args.srcStateid()));
      isUsable = true;
    } finally {
      if (!isUsable) {
        to.close();
      }
    }
    return Copy.inside(args, c, source, to);
  }

  /**
   * The source is to believe that the user reads whom this server takes the client's for: who is
   * squashed here gets no more there.
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
