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
 * Detects whether the source of a copy changes during the copy (K-023). No method prevents that
 * (C-032). The copy may then mix old and new data, which is reported and is no error.
 *
 * <p>The source changed if the change attribute and also the size or a time differ, because some
 * servers change the change attribute on reading.
 */
final class SourceWatch {

  private final RemoteOpenFile source;
  private final Optional<FileAttributes> before;

  private SourceWatch(RemoteOpenFile source, Optional<FileAttributes> before) {
    this.source = source;
    this.before = before;
  }

  /**
   * Starts to watch after this client's writes to the file were flushed (K-003).
   *
   * @param justOpened whether the attributes in the reply to OPEN are current
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

  /** Returns a watch that detects nothing, for a copy within one file. */
  static SourceWatch none(RemoteOpenFile source) {
    return new SourceWatch(source, Optional.empty());
  }

  /** Returns the size at the start. */
  long sizeBytes() {
    return before.orElseGet(source::attributesAtOpen).sizeBytes();
  }

  /** Checks the attributes after the copy. An error of GETATTR does not fail the copy. */
  CompletableFuture<CompletedCopy> after(CompletedCopy outcome) {
    if (before.isEmpty()) {
      return CompletableFuture.completedFuture(outcome);
    }
    return source
        .attributes()
        .handle(
            (now, failure) -> failure == null ? outcome.withSourceChanged(differs(now)) : outcome);
  }

  /** Closes the source and checks its attributes. */
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
