package io.ferrynfs.server.state;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenAccess;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which one file is open: opens that are alike share a descriptor, whoever's they are.
 * What writes is shared by opens of one user only, because quotas and the set-id bits go by who
 * opened the file. Guarded by the {@link FileState}.
 */
final class SharedFiles {
  private static final int PRUNED_MIN = 16;

  private final Map<Way, SharedFile> files = new HashMap<>(2);
  private int prunedAt = PRUNED_MIN;

  /** A way to have the file open; for reading nobody's in particular. */
  private record Way(OpenAccess access, @Nullable Caller opener) {}

  /**
   * The file that is open in this way for a client, which holds it from now on: one of before, or
   * the one that was opened.
   *
   * @param opener who opened it; null for somebody whose it alone is, where it writes
   */
  SharedFile hold(long clientid, SharedFile opened, @Nullable Caller opener) {
    if (opened.writes() && opener == null) {
      opened.hold(clientid);
      return opened;
    }
    Way way = new Way(opened.access(), opened.writes() ? opener : null);
    SharedFile known = files.get(way);
    if (known != null && known.tryHold(clientid)) {
      return known;
    }
    opened.hold(clientid);
    files.put(way, opened);
    prune();
    return opened;
  }

  private void prune() {
    if (files.size() >= prunedAt) {
      files.values().removeIf(SharedFile::isClosed);
      prunedAt = Math.max(PRUNED_MIN, 2 * files.size());
    }
  }
}
