package io.ferrynfs.server.offload;

import io.ferrynfs.server.source.ReadRoom;
import io.ferrynfs.server.source.SourceFailure;
import io.ferrynfs.server.source.SourceFailure.Kind;
import io.ferrynfs.server.source.SourceFile.Piece;
import org.jspecify.annotations.Nullable;

/**
 * A part of a range, from its READ or its discovery as a hole until it is written. Offsets are
 * relative to the start of the range. Its {@link RemoteCopier} guards it.
 */
final class SourcePart {
  private static final int EMPTY_REPLIES_MAX = 3;

  private final long start;
  private final @Nullable ReadRoom room;
  private long length;
  private int filled;
  private long written;
  private int emptyReplies;
  private boolean isReady;
  private boolean isLast;
  private @Nullable SourceFailure failure;

  private SourcePart(long start, long length, @Nullable ReadRoom room) {
    this.start = start;
    this.length = length;
    this.room = room;
    this.isReady = room == null;
  }

  static SourcePart hole(long start, long length) {
    return new SourcePart(start, length, null);
  }

  /**
   * Creates a part of data.
   *
   * @param room receives the data, of which it can hold {@code length} bytes
   */
  static SourcePart data(long start, int length, ReadRoom room) {
    return new SourcePart(start, length, room);
  }

  /** Returns the room of the data; null for a hole. */
  @Nullable ReadRoom room() {
    return room;
  }

  /** Returns the offset of the next byte to request. */
  long nextOffset() {
    return start + filled;
  }

  /** Returns the number of bytes to request. */
  int missing() {
    return (int) length - filled;
  }

  /** Returns the number of bytes that are written. */
  long written() {
    return written;
  }

  /** Returns the number of bytes to write. */
  long unwritten() {
    return length - written;
  }

  /** Returns whether no READ of this part is in flight. */
  boolean isReady() {
    return isReady;
  }

  /** Returns whether the range ends with this part. */
  boolean isLast() {
    return isLast;
  }

  /** Returns the reason why the range ends with this part; null if the source ends there. */
  @Nullable SourceFailure failure() {
    return failure;
  }

  /**
   * Records the reply to a READ.
   *
   * @return whether a READ must request the rest
   */
  boolean replied(Piece piece) {
    filled += piece.bytes();
    if (filled == length) {
      return false;
    }
    if (piece.eof()) {
      // The source file was truncated. The copy ends there (I-029).
      endHere();
      return false;
    }
    emptyReplies += piece.bytes() == 0 ? 1 : 0;
    if (emptyReplies > EMPTY_REPLIES_MAX) {
      fail(new SourceFailure(Kind.BROKEN, "the source returns no data before the end of the file"));
      return false;
    }
    return true;
  }

  /** Ends the range with the data that has arrived. */
  void fail(SourceFailure reason) {
    failure = reason;
    endHere();
  }

  private void endHere() {
    length = filled;
    isLast = true;
  }

  /** Records that no further READ follows. */
  void ready() {
    isReady = true;
  }

  /** Records that bytes at the front of this part are written. */
  void wrote(long bytes) {
    written += bytes;
  }
}
