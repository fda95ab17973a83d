package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The files that one command has made so far. None of them is overwritten by a later source of the
 * same command: two files that come to the same name, or to names that the target's file system
 * takes for the same, would become one, and {@code mv} would then remove both originals. Safe for
 * use by several threads.
 */
public final class MadeFiles {
  private final Fingerprints made = new Fingerprints();

  /** A file is there now, under this name. */
  public void add(Place target, @Nullable FileInfo info) {
    made.add(Fingerprints.of(target.spelled()));
    if (info != null && info.hasIdentity()) {
      made.add(Fingerprints.of(info));
    }
  }

  /** Whether there was a file made under this name. */
  public boolean contains(Place target) {
    return made.contains(Fingerprints.of(target.spelled()));
  }

  /**
   * Makes sure that what is about to be overwritten is older than this command.
   *
   * @param there what has the target's name; null where nothing has
   * @throws IOException if it is not
   */
  public void checkOverwrites(Place target, @Nullable FileInfo there) throws IOException {
    if (there != null
        && !there.isDirectory()
        && (contains(target) || (there.hasIdentity() && made.contains(Fingerprints.of(there))))) {
      throw new IOException(
          "would overwrite " + target.shown() + ", which this command has just made");
    }
  }
}
