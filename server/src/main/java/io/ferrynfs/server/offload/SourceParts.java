package io.ferrynfs.server.offload;

import io.ferrynfs.server.source.ReadRoom;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a copy from another server: the parts that were requested and are not written yet,
 * in order. Its {@link RemoteCopier} guards it.
 */
final class SourceParts {
  /** Bounds the memory because a source may report small holes faster than they are made here. */
  private static final int PARTS_MAX = 64;

  private final int readsMax;
  private final Deque<SourcePart> parts = new ArrayDeque<>();

  /** The number of parts that have a room. */
  private int rooms;

  /**
   * The data to write next: that of a part in its pipe, or else that of parts in memory.
   *
   * @param inPipe null if the data is in memory
   * @param from the offset of the data in the pipe's part
   * @param inMemory the data in memory; empty if nothing has arrived or the data is in a pipe
   */
  record Front(@Nullable ReadRoom inPipe, long from, List<ByteBuffer> inMemory) {}

  /**
   * Creates an empty ledger.
   *
   * @param readsMax the maximum number of parts with data
   */
  SourceParts(int readsMax) {
    this.readsMax = readsMax;
  }

  boolean isFull() {
    return parts.size() >= PARTS_MAX;
  }

  /** Returns whether a part with data may be added. */
  boolean mayRead() {
    return rooms < readsMax;
  }

  void add(SourcePart part) {
    parts.addLast(part);
    rooms += part.room() == null ? 0 : 1;
  }

  /** Returns the part at the front; null if there is none. */
  @Nullable SourcePart first() {
    return parts.peekFirst();
  }

  /** Returns whether the part at the front waits for no reply. */
  boolean isFrontReady() {
    SourcePart first = first();
    return first != null && first.isReady();
  }

  /** Returns the length in bytes of a hole at the front, or 0 if there is none. */
  long holeAtFront() {
    SourcePart first = first();
    return first == null || first.room() != null ? 0 : first.unwritten();
  }

  /** Returns the data that has arrived at the front, up to this number of bytes. */
  Front dataAtFront(long bytesMax) {
    List<ByteBuffer> front = new ArrayList<>();
    long left = bytesMax;
    for (SourcePart part : parts) {
      ReadRoom room = part.room();
      if (left == 0 || !part.isReady() || room == null) {
        break;
      }
      int bytes = (int) Math.min(left, part.unwritten());
      if (bytes > 0) {
        ByteBuffer data = room.inMemory(part.written(), bytes);
        if (data == null) {
          return front.isEmpty()
              ? new Front(room, part.written(), front)
              : new Front(null, 0, front);
        }
        front.add(data);
      }
      left -= bytes;
      if (part.isLast()) {
        break;
      }
    }
    return new Front(null, 0, front);
  }

  /**
   * Records that bytes at the front are written.
   *
   * @return the rooms that are no longer needed
   */
  List<ReadRoom> written(long bytes) {
    List<ReadRoom> done = new ArrayList<>();
    long left = bytes;
    while (left > 0) {
      SourcePart first = parts.getFirst();
      long count = Math.min(left, first.unwritten());
      first.wrote(count);
      left -= count;
      if (first.unwritten() == 0 && !first.isLast()) {
        parts.removeFirst();
        ReadRoom room = first.room();
        if (room != null) {
          rooms--;
          done.add(room);
        }
      }
    }
    return done;
  }

  /**
   * Discards all parts.
   *
   * @return the rooms that are no longer needed; those of READs in flight are not among them
   */
  List<ReadRoom> clear() {
    List<ReadRoom> done = new ArrayList<>();
    for (SourcePart part : parts) {
      ReadRoom room = part.room();
      if (room != null && part.isReady()) {
        done.add(room);
      }
    }
    parts.clear();
    return done;
  }
}
