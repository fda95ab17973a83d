package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.RemoteFiles;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Copies a whole file: opens both files, copies the data, and closes both. */
public final class WholeFileCopy {

  private WholeFileCopy() {}

  /**
   * The source and the destination of a copy.
   *
   * @param mode the permission bits of a destination that is created
   * @param replace whether an existing destination is replaced
   * @param attributes the attributes to set if that needs no additional request
   */
  public record Places(
      RemoteFiles from,
      List<Opaque> source,
      RemoteFiles to,
      List<Opaque> destination,
      int mode,
      boolean replace,
      Fattr4 attributes) {}

  public static CompletableFuture<CompletedCopy> run(
      Places places, CopyMethods means, CopyTracker progress) {
    return SmallFileCopy.open(places, means)
        .thenCompose(source -> closing(source, places, means, progress));
  }

  static RemoteFiles.How reading() {
    return new RemoteFiles.How(
        Nfs4.OPEN4_SHARE_ACCESS_READ, RemoteFiles.How.Create.NEVER, false, 0);
  }

  static RemoteFiles.How writing(Places places) {
    return new RemoteFiles.How(
        Nfs4.OPEN4_SHARE_ACCESS_WRITE,
        places.replace() ? RemoteFiles.How.Create.IF_MISSING : RemoteFiles.How.Create.NEW,
        places.replace(),
        places.mode());
  }

  private static CompletableFuture<CompletedCopy> closing(
      SmallFileCopy.Source source, Places places, CopyMethods means, CopyTracker progress) {
    RemoteOpenFile file = source.file();
    CompletableFuture<CompletedCopy> copied =
        notOntoItself(places, file)
            .thenCompose(different -> SmallFileCopy.run(places, means, progress, source))
            .thenCompose(attempt ->
                attempt.outcome() == null
                    ? separately(attempt.destination(), source, places, means, progress)
                    : watched(attempt.outcome(), file))
            .thenCompose(done -> done.watch().afterClosing(done.outcome()));
    // closeAfter does nothing if the file is closed.
    return file.closeAfter(copied);
  }

  private record Copied(CompletedCopy outcome, SourceWatch watch) {}

  private static CompletableFuture<Copied> watched(CompletedCopy outcome, RemoteOpenFile source) {
    return SourceWatch.begin(source, true).thenApply(watch -> new Copied(outcome, watch));
  }

  /** Copies step by step, into a destination that may be open. */
  private static CompletableFuture<Copied> separately(
      @Nullable RemoteOpenFile open,
      SmallFileCopy.Source source,
      Places places,
      CopyMethods means,
      CopyTracker progress) {
    CompletableFuture<RemoteOpenFile> opened =
        open == null
            ? places.to().open(places.destination(), writing(places))
            : CompletableFuture.completedFuture(open);
    return opened.thenCompose(destination ->
        destination.closeAfter(
            SourceWatch.begin(source.file(), true)
                .thenCompose(watch -> copy(watch, source, destination, means, progress))));
  }

  private static CompletableFuture<Copied> copy(
      SourceWatch watch,
      SmallFileCopy.Source source,
      RemoteOpenFile destination,
      CopyMethods means,
      CopyTracker progress) {
    long size = watch.sizeBytes();
    progress.total(size);
    RangeCopyRequest request =
        new RangeCopyRequest(source.file(), 0, destination, 0, size, true, means);
    return FileRangeCopy.run(request, source.notice(), progress)
        .thenApply(outcome -> new Copied(outcome, watch));
  }

  /**
   * Fails if the destination is the source, possibly by another name, because opening it for
   * replacement truncates it.
   */
  private static CompletableFuture<Void> notOntoItself(Places places, RemoteOpenFile source) {
    if (!places.replace()
        || !places.from().session().identity().sameServer(places.to().session().identity())) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> different =
        places
            .to()
            .attributes(places.destination())
            .thenCompose(existing ->
                existing.sameObject(source.attributesAtOpen())
                    ? CompletableFuture.failedFuture(
                        CallException.status(NfsOpnum4.OP_COPY, Nfsstat4.NFS4ERR_INVAL))
                    : CompletableFuture.completedFuture(null));
    return Futures.recover(
        different,
        failure ->
            CallFailures.call(failure).is(Nfsstat4.NFS4ERR_NOENT)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure));
  }
}
