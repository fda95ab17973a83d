package io.ferrynfs.server.operation.support;

import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.ArrayList;
import java.util.List;

/**
 * The data and the holes of a range of a file for READ_PLUS: in order, without gaps, bounded in
 * number.
 */
public final class Extents {
  /**
   * The minimum size of a hole. A shorter hole is sent as zeros, unless it is the whole range. No
   * common file system has smaller blocks. A hole of this size saves more than the headers of the
   * hole and of the data after it, so no reply is larger than one of data alone. Linux clients have
   * no buffer space for more.
   */
  public static final int HOLE_BYTES_MIN = 4096;

  /**
   * The maximum number of extents of a range, because Linux clients move each of them into place
   * separately. The last one is data up to the end. A short reply would cost another round trip,
   * and that costs more than some zeros.
   */
  public static final int EXTENTS_MAX = 16;

  /**
   * An extent of a file.
   *
   * @param offset its first byte
   * @param length its number of bytes, at least 1
   * @param hole whether it is a hole
   */
  public record Extent(long offset, long length, boolean hole) {}

  /** A search such as {@link OpenFile#seekHole}, or a cache of it. */
  public interface Search {
    long from(long offset) throws StorageException;
  }

  private final OpenFile file;
  private final Search holes;
  private final long end;
  private final List<Extent> found = new ArrayList<>();

  private Extents(OpenFile file, Search holes, long end) {
    this.file = file;
    this.holes = holes;
    this.end = end;
  }

  /**
   * Returns the extents from an offset to an end inside the file. A hole that begins before the end
   * extends to its real end because the server should report the entire hole (RFC 7862 section
   * 15.10.3). It does not begin before the offset because Linux clients then miscount.
   */
  public static List<Extent> of(OpenFile file, Search holes, long offset, long end)
      throws StorageException {
    Extents extents = new Extents(file, holes, end);
    extents.search(offset);
    return extents.found;
  }

  private void search(long offset) throws StorageException {
    long dataFrom = offset;
    long at = offset;
    while (at < end && found.size() < EXTENTS_MAX - 2) {
      long hole = seekOrEnd(holes, at);
      if (hole >= end) {
        break;
      }
      long data = seekOrEnd(file::seekData, hole);
      at = Math.min(data, end);
      boolean isWholeRange = hole == offset && data >= end;
      if (isWholeRange || at - hole >= HOLE_BYTES_MIN) {
        add(dataFrom, hole, false);
        add(hole, data, true);
        dataFrom = at;
      }
    }
    add(dataFrom, end, false);
  }

  private void add(long from, long to, boolean hole) {
    if (from < to) {
      found.add(new Extent(from, to - from, hole));
    }
  }

  /**
   * Returns the result of a search. A file that was truncated since is data up to the end; a READ
   * of it returns less.
   */
  private long seekOrEnd(Search search, long offset) throws StorageException {
    try {
      return search.from(offset);
    } catch (StorageException e) {
      if (e.status() == Status.NO_DATA) {
        return end;
      }
      throw e;
    }
  }
}
