package io.ferrynfs.server.operation;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Long runs of data that were found in files, so that who reads one of them piece by piece does not
 * have it sought again for each: tmpfs takes 20 ms to find the end of a GiB, as long as a READ of
 * 20 MiB. Safe for threads.
 *
 * <p>A run is believed while the file's change attribute is the same. Should it be wrong all the
 * same, because the file changed twice within one tick of its file system's clock, a hole is sent
 * as the zeros that it reads as.
 */
final class DataRuns {
  /** Bounds the memory; beyond, all is forgotten. */
  private static final int FILES_MAX = 1024;

  /** What is shorter is read in one piece. */
  private static final long RUN_BYTES_MIN = 1 << 20;

  private record Run(long change, long start, long end) {}

  private final Map<FileKey, Run> runs = new ConcurrentHashMap<>();

  /**
   * The first hole at or after an offset, as {@link OpenFile#seekHole} finds it.
   *
   * @param change the file's change attribute, looked at before
   */
  long nextHole(FileKey key, long change, OpenFile file, long offset) throws StorageException {
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
