package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.base.ErrorText;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The extended attributes of one source.
 *
 * <p>Their names are requested when the copy begins. Most files have none, and so need no further
 * wait.
 */
final class SourceXattrs {
  private final Place source;
  private final Future<List<String>> names;

  private SourceXattrs(Place source, Future<List<String>> names) {
    this.source = source;
    this.names = names;
  }

  /** Requests the names of a source's attributes; none if they are not preserved. */
  static SourceXattrs of(Place source, CopySettings settings) throws IOException {
    return new SourceXattrs(
        source,
        settings.preserve() ? source.xattrNames() : CompletableFuture.completedFuture(List.of()));
  }

  boolean isEmpty() throws IOException {
    return FutureResult.get(names).isEmpty();
  }

  /**
   * Sets the attributes on a target. Other attributes of the target stay.
   *
   * @param made the file that was created there if it is known; no other file is changed
   * @return false if the target does not support extended attributes
   * @throws IOException if an attribute cannot be set; the message names it
   */
  boolean setOn(Place target, @Nullable FileInfo made) throws IOException {
    for (String name : FutureResult.get(names)) {
      try {
        if (!target.setXattr(name, source.xattr(name), made)) {
          return false;
        }
      } catch (IOException e) {
        throw new IOException(
            "copied without its extended attribute "
                + Printable.name(name)
                + ": "
                + ErrorText.text(e),
            e);
      }
    }
    return true;
  }
}
