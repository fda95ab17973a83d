package io.ferrynfs.server.offload;

import io.ferrynfs.server.source.SourceFile.Extent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The runs of data and holes of a source, as SEEK finds them ahead of the READs. Offsets are
 * relative to the start of the range, which bounds all of them. Its {@link RemoteCopier} guards it.
 */
final class SourceRuns {
  private static final int KNOWN_MAX = 16;

  private final CopyRange range;
  private final Deque<Run> runs = new ArrayDeque<>();

  /** The end of the last known run. */
  private long known;

  private boolean isSeeking;
  private boolean mayHaveHoles;

  /**
   * A run of the source.
   *
   * @param isHole whether it is a hole; other runs may contain data
   * @param end the offset of its end
   */
  record Run(boolean isHole, long end) {}

  /**
   * Creates the runs, none of which is known.
   *
   * @param mayHaveHoles whether to look for holes
   */
  SourceRuns(CopyRange range, boolean mayHaveHoles) {
    this.range = range;
    this.mayHaveHoles = mayHaveHoles;
  }

  /** Returns the run at the front; null if it is not known yet. */
  @Nullable Run first() {
    if (!mayHaveHoles && known < range.length()) {
      runs.addLast(new Run(false, range.length()));
      known = range.length();
    }
    return runs.peekFirst();
  }

  /** Removes the run at the front. */
  void removeFirst() {
    runs.removeFirst();
  }

  /**
   * Begins a SEEK if one is due. {@link #found} or {@link #notFound} must follow.
   *
   * @return the offset from which to search; -1 if no SEEK is due
   */
  long beginSeek() {
    if (!mayHaveHoles || isSeeking || known == range.length() || runs.size() >= KNOWN_MAX) {
      return -1;
    }
    isSeeking = true;
    return known;
  }

  /** Records the result of SEEK. A result that makes no progress ends the search for holes. */
  void found(Extent extent) {
    isSeeking = false;
    long from = known;
    long start = Math.clamp(extent.start() - range.sourceOffset(), from, range.length());
    long end = Math.clamp(extent.end() - range.sourceOffset(), start, range.length());
    if (start > from) {
      runs.addLast(new Run(true, start));
    }
    if (end > start) {
      runs.addLast(new Run(false, end));
    }
    known = end;
    mayHaveHoles = end > from;
  }

  /**
   * Records that SEEK failed. The rest is read without a search for holes, and READ reports any
   * other error.
   */
  void notFound() {
    isSeeking = false;
    mayHaveHoles = false;
  }
}
