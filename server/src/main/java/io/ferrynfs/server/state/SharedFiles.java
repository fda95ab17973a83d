package io.ferrynfs.server.state;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenAccess;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open files of one {@link FileState}, which guards them. Opens with the same access share a
 * descriptor, even if they belong to different clients. Only opens of the same user share a
 * descriptor for writing, because quotas and the set-id bits depend on the user who opened the
 * file.
 */
final class SharedFiles {
  private static final int PRUNED_MIN = 16;

  private final Map<Mode, SharedFile> files = new HashMap<>(2);
  private int prunedAt = PRUNED_MIN;

  /** The access and, for writing, the user of an open file. */
  private record Mode(OpenAccess access, @Nullable Caller opener) {}

  /**
   * Returns an open file with the access of the opened one and holds it for a client. It is an
   * earlier one if there is one that can be shared.
   *
   * @param opener the user who opened the file; null if a file for writing must not be shared
   */
  SharedFile hold(long clientid, SharedFile opened, @Nullable Caller opener) {
    if (opened.writes() && opener == null) {
      opened.hold(clientid);
      return opened;
    }
    Mode mode = new Mode(opened.access(), opened.writes() ? opener : null);
    SharedFile known = files.get(mode);
    if (known != null && known.tryHold(clientid)) {
      return known;
    }
    opened.hold(clientid);
    files.put(mode, opened);
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
