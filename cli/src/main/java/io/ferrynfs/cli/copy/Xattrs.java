package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.base.Failures;
import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The extended attributes of one source. Their names are asked for when its copy begins, so that
 * files that have none, as most, cost no wait of their own.
 */
final class Xattrs {
  private final Place source;
  private final Future<List<String>> names;

  private Xattrs(Place source, Future<List<String>> names) {
    this.source = source;
    this.names = names;
  }

  /** Those of a file or directory that are to be kept. */
  static Xattrs of(Place source, CopySettings settings) throws IOException {
    return new Xattrs(
        source,
        settings.preserve() ? source.xattrNames() : CompletableFuture.completedFuture(List.of()));
  }

  boolean isEmpty() throws IOException {
    return Waiting.on(names).isEmpty();
  }

  /**
   * Sets them on a target, beside what it has.
   *
   * @param made what was made there, where that is known: nothing else is changed
   * @return false when the target cannot have any
   * @throws IOException naming the attribute that could not be kept
   */
  boolean setOn(Place target, @Nullable FileInfo made) throws IOException {
    for (String name : Waiting.on(names)) {
      try {
        if (!target.setXattr(name, source.xattr(name), made)) {
          return false;
        }
      } catch (IOException e) {
        throw new IOException(
            "copied without its extended attribute "
                + Printable.name(name)
                + ": "
                + Failures.text(e),
            e);
      }
    }
    return true;
  }
}
