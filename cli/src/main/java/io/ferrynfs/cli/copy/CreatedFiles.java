package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The files that one command has created.
 *
 * <p>A later source of the same command must not overwrite them: otherwise two files whose names
 * are equal, or equal to the target's file system, would become one, and {@code mv} would remove
 * both originals. Safe for use by several threads.
 */
public final class CreatedFiles {
  private final Fingerprints created = new Fingerprints();

  /** Records that a file was created under this name. */
  public void add(Place target, @Nullable FileInfo info) {
    created.add(Fingerprints.of(target.spelled()));
    if (info != null && info.hasIdentity()) {
      created.add(Fingerprints.of(info));
    }
  }

  /** Returns whether a file was created under this name. */
  public boolean contains(Place target) {
    return created.contains(Fingerprints.of(target.spelled()));
  }

  /**
   * Checks that this command did not create the file that is about to be overwritten.
   *
   * @param existing the existing file, or null
   * @throws IOException if it did
   */
  public void checkOverwrites(Place target, @Nullable FileInfo existing) throws IOException {
    if (existing != null
        && !existing.isDirectory()
        && (contains(target)
            || (existing.hasIdentity() && created.contains(Fingerprints.of(existing))))) {
      throw new IOException(
          "would overwrite " + target.shown() + ", which this command has just made");
    }
  }
}
