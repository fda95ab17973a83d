package io.ferrynfs.client.file;

import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Sends CLOSE (RFC 8881 section 18.2) after unlocking, with DELEGRETURN (RFC 8881 section 18.6) of
 * the open's delegation. The file is closed locally even if the server returns an error.
 */
final class FileCloser {
  private FileCloser() {}

  /** Closes a file. Fails only if there was no reply. */
  static CompletableFuture<Void> close(RemoteOpenFile file) {
    Compound.Builder compound =
        Compound.of(CompoundOps.put(file.handle())).once(close(file.state()));
    Stateid4 delegation = file.files().delegations().take(file);
    if (delegation == null) {
      return attempt(file, compound.build()).thenAccept(results -> {});
    }
    int at = compound.next();
    return attempt(file, compound.once(ReadDelegations.returning(delegation)).build())
        .thenAccept(results -> {
          if (results.failedIndex() < at) {
            file.files().delegations().sendReturn(file.handle(), delegation);
          } else {
            file.files().delegations().returned(delegation, results);
          }
        });
  }

  /** Closes a file. Returns the attributes before CLOSE, empty if the server returned none. */
  static CompletableFuture<Optional<FileAttributes>> closeWithAttributes(RemoteOpenFile file) {
    returnDelegation(file);
    NfsArgop4 close = close(file.state());
    Compound looking =
        Compound.of(
                CompoundOps.put(file.handle()),
                CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR))
            .once(close)
            .build();
    return attempt(file, looking)
        .thenCompose(results ->
            results.ok(1)
                ? CompletableFuture.completedFuture(
                    Optional.of(Futures.get(() -> FileAttributes.at(results, 1))))
                : file.files()
                    .session()
                    .attempt(Compound.of(CompoundOps.put(file.handle())).once(close).build())
                    .thenApply(closed -> Optional.empty()));
  }

  /** Returns the delegation of an open, if there is one. */
  static void returnDelegation(RemoteOpenFile file) {
    Stateid4 delegation = file.files().delegations().take(file);
    if (delegation != null) {
      file.files().delegations().sendReturn(file.handle(), delegation);
    }
  }

  private static NfsArgop4 close(OpenStateid state) {
    return new NfsArgop4.Close(new Close4Args(0, state.stateid()));
  }

  private static CompletableFuture<Results> attempt(RemoteOpenFile file, Compound compound) {
    return file.locks().close().thenCompose(ended -> file.files().session().attempt(compound));
  }
}
