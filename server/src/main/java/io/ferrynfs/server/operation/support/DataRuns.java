package io.ferrynfs.server.operation.support;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The long runs of data found in files, so that a client that reads one of them piece by piece does
 * not cause a search for each piece. tmpfs takes 20 ms to find the end of a GiB, as long as a READ
 * of 20 MiB. This class is thread-safe.
 *
 * <p>A run is valid while the change attribute of the file is the same. A file that changes twice
 * within one tick of its file system's clock can make a run wrong. In that case the server sends a
 * hole as zeros.
 */
public final class DataRuns {
  /** Bounds the memory. At this limit all runs are discarded. */
  private static final int FILES_MAX = 1024;

  /** A client reads a shorter run in one piece. */
  private static final long RUN_BYTES_MIN = 1 << 20;

  private record Run(long change, long start, long end) {}

  private final Map<FileKey, Run> runs = new ConcurrentHashMap<>();

  /**
   * Returns the first hole at or after an offset, as {@link OpenFile#seekHole} finds it.
   *
   * @param change the change attribute of the file before the search
   */
  public long nextHole(FileKey key, long change, OpenFile file, long offset)
      throws StorageException {
    Run known = runs.get(key);
    if (known != null && known.change == change && known.start <= offset && offset < known.end) {
      return known.end;
    }
    long hole = file.seekHole(offset);
    if (hole - offset > RUN_BYTES_MIN) {
      if (runs.size() >= FILES_MAX) {
        runs.clear();
      }
      runs.put(key, new Run(change, offset, hole));
    }
    return hole;
  }
}
