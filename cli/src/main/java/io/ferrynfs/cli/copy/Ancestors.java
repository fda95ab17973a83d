package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * The directories on the path of a walk. They detect loops, because a malicious server can list a
 * directory inside itself, and limit the depth.
 */
public final class Ancestors {
  /** Deeper than any real tree, but within the stack of a thread. */
  private static final int DEPTH_MAX = 1000;

  private final Set<Object> identities = new HashSet<>();
  private int depth;

  /**
   * Enters a directory.
   *
   * @throws IOException if the walk is already in it, or is too deep
   */
  public void enter(FileInfo directory) throws IOException {
    if (depth >= DEPTH_MAX) {
      throw new IOException("is more than " + DEPTH_MAX + " directories deep");
    }
    if (directory.hasIdentity() && !identities.add(directory.identity())) {
      throw new IOException("contains itself: it is one of its own parent directories");
    }
    depth++;
  }

  /** Leaves a directory. */
  public void leave(FileInfo directory) {
    identities.remove(directory.identity());
    depth--;
  }
}
