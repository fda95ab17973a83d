package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The records that are being written. Small ones are copied into one buffer, so that one system
 * call writes many; large direct buffers are written as they are, and regions of files by sendfile.
 * Used by one thread at a time.
 */
final class WriteBatch {
  private static final int PIECES_MAX = 32;
  private static final int COPIED_BYTES_MAX = 8 << 10;
  private static final int LAST_FRAGMENT = 0x8000_0000;

  private final BufferPool pool;
  private final List<OutgoingRecord> begun = new ArrayList<>();

  private @Nullable PooledBuffer staging;
  private int stagedFrom;
  private int stagedTo;
  private final ByteBuffer[] pieces = new ByteBuffer[PIECES_MAX];
  private int pieceFirst;
  private int pieceCount;
  private @Nullable FilePayload region;
  private int regionSent;

  private @Nullable Iterator<Payload> segments;
  private @Nullable ByteBuffer segmentRest;

  WriteBatch(BufferPool pool) {
    this.pool = pool;
  }

  /** Returns whether all gathered bytes have been written. */
  boolean isWritten() {
    return pieceFirst == pieceCount && region == null;
  }

  /** Returns whether the next bytes are a region of a file. */
  boolean isAtFile() {
    return pieceFirst == pieceCount && region != null;
  }

  /** Returns whether a record has been gathered in part. */
  boolean isInsideRecord() {
    return segments != null;
  }

  /**
   * Gathers as much as fits, after all gathered bytes have been written.
   *
   * @param queue the records in order; the batch releases those that it removes
   */
  void gather(Queue<OutgoingRecord> queue) {
    PooledBuffer into = staging;
    if (into == null) {
      into = pool.chunk();
      staging = into;
    }
    stagedFrom = 0;
    stagedTo = 0;
    pieceFirst = 0;
    pieceCount = 0;
    while (region == null && pieceCount < PIECES_MAX - 1) {
      if (segments == null) {
        if (roomLeft() < 4 || queue.isEmpty()) {
          break;
        }
        begin(queue.remove());
      } else if (!gatherSegment()) {
        break;
      }
    }
    endPiece();
  }

  private void begin(OutgoingRecord record) {
    begun.add(record);
    int size = record.content().size();
    staged().putInt(stagedTo, LAST_FRAGMENT | size);
    stagedTo += 4;
    if (size <= roomLeft() && record.content().copyTo(staged(), stagedTo)) {
      stagedTo += size;
      return;
    }
    segments = record.content().segments().iterator();
  }

  /** Gathers from the current record; returns false if there is no room. */
  private boolean gatherSegment() {
    ByteBuffer rest = segmentRest;
    if (rest == null) {
      Iterator<Payload> left = segments;
      if (left == null || !left.hasNext()) {
        segments = null;
        return true;
      }
      Payload next = left.next();
      if (next instanceof FilePayload file) {
        region = file;
        regionSent = 0;
        return true;
      }
      rest = next.bytes();
    }
    if (rest.isDirect() && rest.remaining() > COPIED_BYTES_MAX) {
      endPiece();
      pieces[pieceCount++] = rest;
      segmentRest = null;
      return true;
    }
    int count = Math.min(rest.remaining(), roomLeft());
    staged().put(stagedTo, rest, rest.position(), count);
    rest.position(rest.position() + count);
    stagedTo += count;
    segmentRest = rest.hasRemaining() ? rest : null;
    return segmentRest == null;
  }

  private ByteBuffer staged() {
    PooledBuffer held = staging;
    if (held == null) {
      throw new IllegalStateException("nothing staged");
    }
    return held.bytes();
  }

  private int roomLeft() {
    return BufferPool.CHUNK_BYTES - stagedTo;
  }

  private void endPiece() {
    if (stagedTo > stagedFrom) {
      pieces[pieceCount++] = staged().slice(stagedFrom, stagedTo - stagedFrom);
      stagedFrom = stagedTo;
    }
  }

  /**
   * Writes once.
   *
   * @return false if the socket accepts nothing now
   */
  boolean write(Transport transport) throws IOException {
    if (pieceFirst < pieceCount) {
      return writePieces(transport) > 0;
    }
    FilePayload file = region;
    if (file == null) {
      return true;
    }
    long moved = file.transferTo(regionSent, transport.fileTarget());
    regionSent += (int) Math.max(moved, 0);
    if (regionSent == file.length()) {
      region = null;
    }
    return moved > 0;
  }

  private long writePieces(Transport transport) throws IOException {
    int count = pieceCount - pieceFirst;
    long written = count == 1 ? writeLast(transport) : transport.write(pieces, pieceFirst, count);
    while (pieceFirst < pieceCount && !pieces[pieceFirst].hasRemaining()) {
      pieceFirst++;
    }
    return written;
  }

  private int writeLast(Transport transport) throws IOException {
    ByteBuffer last = pieces[pieceFirst];
    FilePayload next = region;
    return next == null ? transport.write(last) : next.writeBefore(last, transport.fileTarget());
  }

  /** Releases the records that have been written completely. */
  void releaseWritten() {
    int whole = segments == null ? begun.size() : begun.size() - 1;
    for (int i = 0; i < whole; i++) {
      release(begun.get(i));
    }
    begun.subList(0, whole).clear();
  }

  /** Returns the buffer to the pool while there is nothing to send. */
  void idle() {
    PooledBuffer held = staging;
    if (held != null) {
      staging = null;
      held.release();
    }
  }

  /** Drops all records. */
  void drop() {
    begun.forEach(WriteBatch::release);
    begun.clear();
    segments = null;
    segmentRest = null;
    region = null;
    pieceFirst = pieceCount;
    idle();
  }

  static void release(OutgoingRecord record) {
    try {
      record.content().release();
    } finally {
      record.released().run();
    }
  }
}
