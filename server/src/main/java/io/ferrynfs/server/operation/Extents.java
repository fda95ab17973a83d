package io.ferrynfs.server.operation;

import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a range of a file has data and where it has holes, as READ_PLUS tells it: in order, without
 * gaps, a bounded number of them.
 */
final class Extents {
  /**
   * Holes that are shorter are sent as zeros, unless nothing else is asked for. No file system that
   * counts has smaller blocks; and what a hole saves is more than the words that tell of it and of
   * the data behind it, so that no reply is larger than one of data alone. Linux clients have not a
   * byte of room for more.
   */
  static final int HOLE_BYTES_MIN = 4096;

  /**
   * However many holes there are, a range comes in so few parts, for Linux clients move each into
   * place by itself. The last of them is data up to the end: a reply that stops early would cost
   * another round trip, which costs more than some zeros.
   */
  static final int EXTENTS_MAX = 16;

  /**
   * A part of a file.
   *
   * @param offset its first byte
   * @param length its bytes, at least 1
   * @param hole whether it is a hole
   */
  record Extent(long offset, long length, boolean hole) {}

  /** {@link OpenFile#seekHole}, or who remembers what it found. */
  interface Search {
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
   * The extents from an offset to an end inside the file. A hole that begins before the end goes on
   * to where it really ends, since it SHOULD be told in its entirety (RFC 7862 section 15.10.3); it
   * does not begin before the offset, because Linux clients then lose count.
   */
  static List<Extent> of(OpenFile file, Search holes, long offset, long end)
      throws StorageException {
    Extents extents = new Extents(file, holes, end);
    extents.search(offset);
    return extents.found;
  }

  private void search(long offset) throws StorageException {
    long dataFrom = offset;
    long at = offset;
    while (at < end && found.size() < EXTENTS_MAX - 2) {
      long hole = orEnd(holes, at);
      if (hole >= end) {
        break;
      }
      long data = orEnd(file::seekData, hole);
      at = Math.min(data, end);
      boolean nothingElse = hole == offset && data >= end;
      if (nothingElse || at - hole >= HOLE_BYTES_MIN) {
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

  /** A file that has been cut meanwhile is data up to the end asked for; reading it finds less. */
  private long orEnd(Search search, long offset) throws StorageException {
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
