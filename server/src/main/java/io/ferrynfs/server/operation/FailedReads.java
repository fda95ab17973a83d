package io.ferrynfs.server.operation;

import io.ferrynfs.server.export.FileKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files of which a reply that had begun could not be ended, because the disk failed in the middle.
 * Such a reply takes its connection along: it has said NFS4_OK. From then on the file is read
 * before anything is said, so that who asks again gets NFS4ERR_IO and not another broken
 * connection. Safe for threads.
 */
final class FailedReads {
  /** Bounds the memory; beyond, all is forgotten. */
  private static final int FILES_MAX = 1024;

  private final Set<FileKey> files = ConcurrentHashMap.newKeySet();

  void add(FileKey file) {
    if (files.size() >= FILES_MAX) {
      files.clear();
    }
    files.add(file);
  }

  /** Whether this many bytes of the file are sent from it, rather than read into memory first. */
  boolean maySend(FileKey file, long length) {
    return length > FileRegion.COPIED_BYTES_MAX && !files.contains(file);
  }
}
