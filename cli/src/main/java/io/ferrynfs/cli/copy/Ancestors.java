package io.ferrynfs.cli.copy;

import io.ferrynfs.cli.place.FileInfo;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * The directories from the top of a walk down to where it is. A server can list a directory inside
 * itself, or one below the other without end.
 */
public final class Ancestors {
  /** Deeper than any tree that was seen, and less than a thread's stack has room for. */
  private static final int DEPTH_MAX = 1000;

  private final Set<Object> identities = new HashSet<>();
  private int depth;

  /**
   * Goes into a directory.
   *
   * @throws IOException if the walk is in it already, or too deep
   */
  public void enter(FileInfo directory) throws IOException {
    if (depth >= DEPTH_MAX) {
      throw new IOException("is more than " + DEPTH_MAX + " directories deep");
    }
    if (directory.hasIdentity() && !identities.add(directory.identity())) {
      throw new IOException("contains itself: it is the same directory as one that it is in");
    }
    depth++;
  }

  /** Goes back out of it. */
  public void leave(FileInfo directory) {
    identities.remove(directory.identity());
    depth--;
  }
}
