package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.RemoteOpenFile;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.wire.attr.Attrs;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Whether the source of a copy stays what it was while it is copied (K-023). No way of copying is
 * safe from that (C-032), and one that began again or went on after a restart less than others: the
 * copy is then perhaps a mixture of old and new, which is told and no error.
 *
 * <p>What counts is the change attribute, and that size or a time agree: some servers count
 * reading, which moves the time of access, as a change.
 */
final class SourceWatch {

  private final RemoteOpenFile source;
  private final Optional<FileAttributes> before;

  private SourceWatch(RemoteOpenFile source, Optional<FileAttributes> before) {
    this.source = source;
    this.before = before;
  }

  /**
   * Begins to watch, after what this client holds of the file has gone to the server (K-003).
   *
   * @param justOpened whether the attributes in the reply to OPEN are those of now
   */
  static CompletableFuture<SourceWatch> begin(RemoteOpenFile source, boolean justOpened) {
    return Futures.compose(() -> beginNow(source, justOpened));
  }

  private static CompletableFuture<SourceWatch> beginNow(RemoteOpenFile source, boolean justOpened)
      throws CallException {
    if (justOpened && !source.files().isBeingWritten(source)) {
      return CompletableFuture.completedFuture(
          new SourceWatch(source, Optional.of(source.attributesAtOpen().usable())));
    }
    return source
        .files()
        .flush(source)
        .thenCompose(flushed -> source.attributes())
        .thenApply(attributes ->
            Futures.get(() -> new SourceWatch(source, Optional.of(attributes.usable()))));
  }

  /** Watches nothing, for a copy inside one file. */
  static SourceWatch none(RemoteOpenFile source) {
    return new SourceWatch(source, Optional.empty());
  }

  /** The size at the beginning. */
  long sizeBytes() {
    return before.orElseGet(source::attributesAtOpen).sizeBytes();
  }

  /** Looks again, for an outcome. The copy is as good as it is whether or not that works. */
  CompletableFuture<CompletedCopy> after(CompletedCopy outcome) {
    if (before.isEmpty()) {
      return CompletableFuture.completedFuture(outcome);
    }
    return source
        .attributes()
        .handle(
            (now, failure) -> failure == null ? outcome.withSourceChanged(differs(now)) : outcome);
  }

  /** Looks again while closing the source. */
  CompletableFuture<CompletedCopy> afterClosing(CompletedCopy outcome) {
    return source
        .closeWithAttributes()
        .handle((now, failure) ->
            failure == null && now.isPresent()
                ? outcome.withSourceChanged(differs(now.get()))
                : outcome);
  }

  private boolean differs(FileAttributes now) {
    return before.isPresent()
        && now.change() != before.get().change()
        && (now.sizeBytes() != before.get().sizeBytes()
            || !Objects.equals(now.get(Attrs.TIME_MODIFY), before.get().get(Attrs.TIME_MODIFY))
            || !Objects.equals(
                now.get(Attrs.TIME_METADATA), before.get().get(Attrs.TIME_METADATA)));
  }
}
