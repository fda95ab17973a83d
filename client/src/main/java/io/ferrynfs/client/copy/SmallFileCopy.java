package io.ferrynfs.client.copy;

import io.ferrynfs.client.copy.CompletedCopy.Method;
import io.ferrynfs.client.copy.NotifiedSource.Notice;
import io.ferrynfs.client.copy.WholeFileCopy.Places;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.FileOpener;
import io.ferrynfs.client.file.FileOpener.Opened;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.offload.OffloadCancellation;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.PeerIdentity;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Verifier4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a small file between two servers with few round trips. One COMPOUND to the source
 * server has OPEN and COPY_NOTIFY; one COMPOUND to the destination server has OPEN, COPY, COMMIT
 * and CLOSE. The operations refer to the open by the current stateid (RFC 8881 section 16.2.3.1.2).
 *
 * <p>The copy ends here only if every operation succeeded. Otherwise the destination may be open or
 * not, and {@link FileRangeCopy} copies the file from its beginning. So no server needs to support
 * this, and a server that does not is not tried again for a while.
 */
final class SmallFileCopy {

  /** The maximum size, because a synchronous COPY has no progress and cannot be cancelled. */
  static final long BYTES_MAX = 256 << 10;

  private static final Duration DEFER_TIME = Duration.ofMinutes(1);
  private static final int CANCEL_ATTEMPTS_MAX = 5;

  /** Both PUTFHs, SAVEFH, OPEN, GETFH, GETATTR, COPY, SETATTR, COMMIT, GETATTR, CLOSE, LOOKUPs. */
  private static final int OPERATIONS_MIN = 20;

  private static final int SETATTR_AFTER_COPY = 1;
  private static final int COMMIT_AFTER_SETATTR = 1;
  private static final int GETATTR_AFTER_COPY = 3;

  private final Places places;
  private final CopyMethods means;
  private final CopyTracker progress;
  private final RemoteOpenFile source;
  private final Notice notice;
  private final long bytes;

  private SmallFileCopy(
      Places places,
      CopyMethods means,
      CopyTracker progress,
      RemoteOpenFile source,
      Notice notice) {
    this.places = places;
    this.means = means;
    this.progress = progress;
    this.source = source;
    this.notice = notice;
    this.bytes = source.attributesAtOpen().sizeBytes();
  }

  /**
   * The source.
   *
   * @param notice the reply to the COPY_NOTIFY of the same COMPOUND, or null if it failed
   */
  record Source(RemoteOpenFile file, @Nullable Notice notice) {}

  /**
   * The result of the attempt.
   *
   * @param outcome the result if the copy is complete and its destination is closed, else null
   * @param destination the destination if it is open
   */
  record Attempt(@Nullable CompletedCopy outcome, @Nullable RemoteOpenFile destination) {
    static final Attempt NONE = new Attempt(null, null);
  }

  /** Opens the source, with COPY_NOTIFY if it may be useful. */
  static CompletableFuture<Source> open(Places places, CopyMethods means) {
    RemoteFiles.OpenMode reading = WholeFileCopy.reading();
    if (!mayNotify(places, means)) {
      return places.from().open(places.source(), reading).thenApply(file -> new Source(file, null));
    }
    NfsArgop4 copyNotify =
        new NfsArgop4.CopyNotify(
            new CopyNotify4Args(
                CompoundOps.CURRENT, NotifiedSource.destination(places.from(), places.to())));
    return places
        .from()
        .open(
            places.source(),
            reading,
            new FileOpener.CombinedOperations(List.of(), List.of(copyNotify), false))
        .thenApply(opened -> noticed(opened, places, means));
  }

  private static boolean mayNotify(Places places, CopyMethods means) {
    RemoteFiles from = places.from();
    RemoteFiles to = places.to();
    PeerIdentity sourceServer = from.session().identity();
    PeerIdentity destinationServer = to.session().identity();
    long now = now(means);
    return means.byServer()
        && !means.cloneOnly()
        && !sourceServer.sameServer(destinationServer)
        && isCapable(from)
        && isCapable(to)
        && !from.unsupported().isCombinedDeferred(destinationServer, now)
        && !to.unsupported().isCombinedDeferred(sourceServer, now)
        && !to.unsupported().isDeferred(sourceServer, now)
        && !to.unsupported().isUnsupportedAnywhere(NfsOpnum4.OP_COPY, sourceServer);
  }

  private static boolean isCapable(RemoteFiles files) {
    return files.session().minorVersion() >= 2 && files.session().operationsMax() >= OPERATIONS_MIN;
  }

  private static long now(CopyMethods means) {
    return means.offloads().env().ticker().nanoTime();
  }

  private static Source noticed(Opened opened, Places places, CopyMethods means) {
    RemoteOpenFile file = Objects.requireNonNull(opened.file());
    List<NfsResop4> results = opened.results().results();
    if (results.size() > opened.at()
        && results.get(opened.at()) instanceof NfsResop4.CopyNotify(CopyNotify4Res res)) {
      if (res instanceof CopyNotify4Res.Ok(var ok) && !ok.sourceServer().isEmpty()) {
        return new Source(file, Notice.of(ok, file));
      }
      if (opened.results().status() != Nfsstat4.NFS4ERR_DELAY) {
        defer(places.from(), places.to(), means);
      }
    }
    return new Source(file, null);
  }

  private static void defer(RemoteFiles files, RemoteFiles partner, CopyMethods means) {
    files
        .unsupported()
        .deferCombined(partner.session().identity(), now(means) + DEFER_TIME.toNanos());
  }

  /** Copies the file if it is suitable. Fails if opening the destination fails. */
  static CompletableFuture<Attempt> run(
      Places places, CopyMethods means, CopyTracker progress, Source source) {
    Notice notice = source.notice();
    long size = source.file().attributesAtOpen().sizeBytes();
    // K-034: a count of 0 would mean "to the end". K-003, K-004: the client's dirty data would have
    // to be written first.
    if (notice == null
        || size <= 0
        || size > BYTES_MAX
        || !places.replace()
        || places.from().isBeingWritten(source.file())
        || places.to().isWriting()) {
      return CompletableFuture.completedFuture(Attempt.NONE);
    }
    return Futures.compose(
        () -> new SmallFileCopy(places, means, progress, source.file(), notice).send());
  }

  private CompletableFuture<Attempt> send() throws CallException {
    progress.check();
    progress.total(bytes);
    progress.how(Method.SYNCHRONOUS);
    // K-018: before the reply, only the source server can be notified.
    progress.whenCancelled(() ->
        means
            .atSource()
            .inBackground(
                OffloadCancellation.of(
                    means.atSource(), source, notice.stateid(), CANCEL_ATTEMPTS_MAX)));
    CompletableFuture<Opened> reply = new CompletableFuture<>();
    CompletableFuture<Attempt> attempt =
        means
            .offloads()
            .copying(
                () ->
                    places
                        .to()
                        .open(
                            places.destination(),
                            WholeFileCopy.writing(places),
                            combinedOperations())
                        .whenComplete((opened, failure) -> progress.stepOver())
                        .thenApply(opened -> {
                          reply.complete(opened);
                          return opened.results();
                        }),
                results -> reply.thenCompose(this::answered));
    return Futures.recover(
        attempt,
        failure -> {
          CallException call = CallFailures.call(failure);
          return exceedsLimit(call.status())
              ? fallBack(null, call.status())
              : CompletableFuture.failedFuture(call);
        });
  }

  /** Returns whether the COMPOUND exceeds a limit of the server, announced or not. */
  private static boolean exceedsLimit(Nfsstat4 status) {
    return switch (status) {
      case NFS4ERR_TOO_MANY_OPS,
          NFS4ERR_REQ_TOO_BIG,
          NFS4ERR_REP_TOO_BIG,
          NFS4ERR_REP_TOO_BIG_TO_CACHE ->
          true;
      default -> false;
    };
  }

  private FileOpener.CombinedOperations combinedOperations() {
    List<NfsArgop4> after = new ArrayList<>();
    after.add(
        new NfsArgop4.Copy(
            new Copy4Args(
                notice.stateid(),
                CompoundOps.CURRENT,
                0,
                0,
                bytes,
                true,
                true,
                notice.addresses())));
    if (setsAttributes()) {
      // Before COMMIT, so that one flush of the disk covers SETATTR, too.
      after.add(
          new NfsArgop4.Setattr(new Setattr4Args(CompoundOps.ANONYMOUS, places.attributes())));
    }
    after.add(new NfsArgop4.Commit(new Commit4Args(0, bytes)));
    if (setsAttributes()) {
      after.add(CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR));
    }
    after.add(new NfsArgop4.Close(new Close4Args(0, CompoundOps.CURRENT)));
    return new FileOpener.CombinedOperations(
        List.of(CompoundOps.put(source.handle()), CompoundOps.save()), after, true);
  }

  private boolean setsAttributes() {
    return !places.attributes().equals(AttrValues.EMPTY.encode());
  }

  private CompletableFuture<Attempt> answered(Opened opened) {
    RemoteOpenFile file = opened.file();
    Results results = opened.results();
    if (file == null) {
      // K-012, K-013: the destination does not accept foreign filehandles.
      return fallBack(null, results.status());
    }
    if (results.ok()) {
      file.closedAlready();
    }
    CompletableFuture<Attempt> judged = Futures.compose(() -> judge(file, results, opened.at()));
    return Futures.recover(
        judged, failure -> file.closeAfter(CompletableFuture.failedFuture(failure)));
  }

  private CompletableFuture<Attempt> judge(RemoteOpenFile file, Results results, int copyAt)
      throws CallException {
    @Nullable RemoteOpenFile open = results.ok() ? null : file;
    if (results.results().size() <= copyAt
        || !(results.at(copyAt, NfsResop4.Copy.class).res()
            instanceof Copy4Res.Ok(Copy4Resok ok))) {
      return fallBack(open, results.status());
    }
    if (ok.response().callbackId() != null) {
      // C-025: an asynchronous reply to a synchronous COPY is an error. The copy is cancelled.
      return OffloadCancellation.of(
              means.offloads(), file, ok.response().callbackId(), CANCEL_ATTEMPTS_MAX)
          .thenCompose(stopped ->
              stopped
                  ? fallBack(open, Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS)
                  : CompletableFuture.failedFuture(
                      CallException.of(
                          Kind.PROTOCOL,
                          "COPY was answered asynchronously and could not be cancelled")));
    }
    long count = ok.response().count();
    if (count < 0 || count > bytes) {
      throw CallException.of(
          Kind.PROTOCOL, "COPY of " + bytes + " bytes returned " + Long.toUnsignedString(count));
    }
    if (count < bytes) {
      return CompletableFuture.completedFuture(new Attempt(null, open));
    }
    if (setsAttributes() && results.ok(copyAt + GETATTR_AFTER_COPY)) {
      progress.destination(FileAttributes.at(results, copyAt + GETATTR_AFTER_COPY));
    }
    CompletableFuture<Boolean> durable = isDurable(ok, file, results, copyAt);
    return durable.thenCompose(isDurable -> isDurable ? complete(open) : incomplete(open));
  }

  private CompletableFuture<Attempt> complete(@Nullable RemoteOpenFile open) {
    progress.at(bytes);
    CompletableFuture<Attempt> complete =
        CompletableFuture.completedFuture(
            new Attempt(
                new CompletedCopy(bytes, Method.SYNCHRONOUS, ServerCopy.FETCHED, true, false),
                null));
    return open == null ? complete : open.closeAfter(complete);
  }

  private static CompletableFuture<Attempt> incomplete(@Nullable RemoteOpenFile open) {
    return CompletableFuture.completedFuture(new Attempt(null, open));
  }

  /** B-014, D-003: returns whether COMMIT returned the verifier of COPY. */
  private CompletableFuture<Boolean> isDurable(
      Copy4Resok ok, RemoteOpenFile file, Results results, int copyAt) throws CallException {
    if (ok.response().committed() != StableHow4.UNSTABLE4) {
      return CompletableFuture.completedFuture(true);
    }
    int commitAt = copyAt + COMMIT_AFTER_SETATTR + (setsAttributes() ? SETATTR_AFTER_COPY : 0);
    Verifier4 copied = ok.response().writeverf();
    if (results.ok(commitAt)) {
      boolean isSame =
          results.at(commitAt, NfsResop4.Commit.class).res() instanceof Commit4Res.Ok(var commit)
              && commit.writeverf().equals(copied);
      return CompletableFuture.completedFuture(isSame);
    }
    // A failed SETATTR does not affect the copy.
    return setsAttributes() && results.failedIndex() == copyAt + SETATTR_AFTER_COPY
        ? Futures.recover(
            file.commit(0, bytes).thenApply(copied::equals),
            failure -> CompletableFuture.completedFuture(false))
        : CompletableFuture.completedFuture(false);
  }

  /**
   * Falls back to a copy without this optimization. An error that may affect the next file defers
   * further attempts.
   */
  private CompletableFuture<Attempt> fallBack(@Nullable RemoteOpenFile destination, Nfsstat4 why) {
    switch (why) {
      case NFS4ERR_DELAY, NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG, NFS4ERR_ROFS, NFS4ERR_IO -> {}
      default -> defer(places.to(), places.from(), means);
    }
    return CompletableFuture.completedFuture(new Attempt(null, destination));
  }
}
