package ferry.client.copy;

import ferry.client.file.Futures;
import ferry.client.file.OpenFile;
import ferry.client.file.RemoteFiles;
import ferry.client.session.CallException;
import ferry.client.session.Failures;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.xdr.Opaque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A copy of a whole file: opens both, copies, closes both. */
public final class FileCopy {

  private FileCopy() {}

  /**
   * What to copy where.
   *
   * @param mode of a destination that is created
   * @param replace whether a destination that exists is replaced
   */
  public record Places(
      RemoteFiles from,
      List<Opaque> source,
      RemoteFiles to,
      List<Opaque> destination,
      int mode,
      boolean replace) {}

  public static CompletableFuture<CopyOutcome> run(
      Places places, CopyMeans means, CopyProgress progress) {
    RemoteFiles.How reading =
        new RemoteFiles.How(Nfs4.OPEN4_SHARE_ACCESS_READ, RemoteFiles.How.Create.NEVER, false, 0);
    return places
        .from()
        .open(places.source(), reading)
        .thenCompose(source -> closing(source, places, means, progress));
  }

  private static CompletableFuture<CopyOutcome> closing(
      OpenFile source, Places places, CopyMeans means, CopyProgress progress) {
    CompletableFuture<CopyOutcome> copied =
        notOntoItself(places, source)
            .thenCompose(different -> openDestination(places))
            .thenCompose(destination ->
                destination.closeAfter(
                    SourceWatch.begin(source, true)
                        .thenCompose(watch -> copy(watch, source, destination, means, progress))))
            .thenCompose(done -> done.watch().afterClosing(done.outcome()));
    // Whatever has happened; nothing if the file is closed already.
    return source.closeAfter(copied);
  }

  private record Copied(CopyOutcome outcome, SourceWatch watch) {}

  private static CompletableFuture<Copied> copy(
      SourceWatch watch,
      OpenFile source,
      OpenFile destination,
      CopyMeans means,
      CopyProgress progress) {
    long size = watch.sizeBytes();
    progress.total(size);
    return RangeCopy.run(new CopyRequest(source, 0, destination, 0, size, true, means), progress)
        .thenApply(outcome -> new Copied(outcome, watch));
  }

  private static CompletableFuture<OpenFile> openDestination(Places places) {
    RemoteFiles.How writing =
        new RemoteFiles.How(
            Nfs4.OPEN4_SHARE_ACCESS_WRITE,
            places.replace() ? RemoteFiles.How.Create.IF_MISSING : RemoteFiles.How.Create.NEW,
            places.replace(),
            places.mode());
    return places.to().open(places.destination(), writing);
  }

  /**
   * Opening the destination empties it: it must not be the source under the same or another name.
   */
  private static CompletableFuture<Void> notOntoItself(Places places, OpenFile source) {
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
            Failures.call(failure).is(Nfsstat4.NFS4ERR_NOENT)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure));
  }
}
