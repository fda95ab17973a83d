package io.ferrynfs.server.operation.support;

import io.ferrynfs.server.export.FileKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files from which a reply could not be completed because the disk failed after the reply had
 * begun. The reply already states NFS4_OK, so the server closes its connection. From then on the
 * server reads the file into memory before it replies, so that a retry fails with NFS4ERR_IO and
 * does not break the connection again. This class is thread-safe.
 */
public final class FailedReads {
  /** Bounds the memory. At this limit all files are discarded. */
  private static final int FILES_MAX = 1024;

  private final Set<FileKey> files = ConcurrentHashMap.newKeySet();

  public void add(FileKey file) {
    if (files.size() >= FILES_MAX) {
      files.clear();
    }
    files.add(file);
  }

  /** Returns whether this number of bytes is sent from the file and not read into memory first. */
  public boolean maySend(FileKey file, long length) {
    return length > FileRegion.COPIED_BYTES_MAX && !files.contains(file);
  }
}
