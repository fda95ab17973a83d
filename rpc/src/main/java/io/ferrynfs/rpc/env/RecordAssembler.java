package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of the bytes of a connection (record marking, RFC 5531 section 11).
 *
 * <p>Bytes are read into a buffer that lies like this, where the payload's end lags behind the raw
 * bytes once the headers of further fragments, or a placed region, have been cut out:
 *
 * <pre>
 *   ...  start [ payload of the record so far ] write ... raw [ not looked at yet ] limit ... capacity
 * </pre>
 *
 * <p>Small records are slices of a chunk that they share. A record that does not fit into a chunk
 * gets a buffer of its own, which grows with the bytes that have arrived: a length that was only
 * claimed costs a peer's connection nothing beyond four times what it has sent, or what it has once
 * sent in full. Each byte of a record of one fragment is moved only by that growth.
 */
final class RecordAssembler {

  /** What {@link #fill} returns when there is no buffer for a large record now. */
  static final int NO_MEMORY = Integer.MIN_VALUE;

  /** Records below this size are not worth a question to {@link RecordReceiver#place}. */
  static final int PLACED_RECORD_BYTES_MIN = 16 << 10;

  /** How much of a large record has arrived when {@link RecordReceiver#place} is asked. */
  static final int PREFIX_BYTES = 512;

  private static final int HEADER_BYTES = 4;
  private static final int CHUNK_ROOM_MIN = 4 << 10;

  private final StreamLimits limits;
  private final BufferPool pool;

  private @Nullable PooledBuffer buffer;
  private int start;
  private int write;
  private int raw;
  private int limit;

  private boolean inRecord;
  private boolean lastFragment;
  private int fragments;
  private int fragmentLeft;
  private int claimed;
  private int largestCompleted;

  private boolean askedToPlace;
  private int placedAt;
  private @Nullable Payload placed;
  private @Nullable BulkSink placing;
  private boolean filledAll;

  /** The record before was placed: so the next one may be, and is not to be copied from here. */
  private boolean awaitsPlaced;

  RecordAssembler(StreamLimits limits, BufferPool pool) {
    this.limits = limits;
    this.pool = pool;
  }

  /** Whether a record, or a header, has begun and not ended. */
  boolean isPartial() {
    return inRecord || raw < limit;
  }

  /** Whether it keeps one of the buffers of which the pool has few. */
  boolean holdsLarge() {
    PooledBuffer held = buffer;
    return held != null && isLarge(held);
  }

  /** Whether the last {@link #fill} got as much as it asked for, so that more may be waiting. */
  boolean filledAll() {
    return filledAll;
  }

  /**
   * Reads once. Everything read before must have been taken by {@link #next}.
   *
   * @param bulkSource the channel for a region that is placed elsewhere
   * @return the result of the read, or {@link #NO_MEMORY}
   */
  int fill(ReadableByteChannel channel, ReadableByteChannel bulkSource) throws IOException {
    BulkSink direct = placing;
    if (direct != null) {
      return fillPlaced(bulkSource, direct);
    }
    PooledBuffer into = makeRoom();
    if (into == null) {
      return NO_MEMORY;
    }
    ByteBuffer bytes = into.bytes();
    int room = bytes.capacity() - limit;
    if (isLarge(into)) {
      // The buffer will belong to this record alone: nothing of the next one may get into it.
      room = Math.min(room, wanted());
    } else if (awaitsPlaced && limit == raw && !inRecord) {
      room = Math.min(room, 2 * PREFIX_BYTES);
    }
    int count = channel.read(bytes.limit(limit + room).position(limit));
    bytes.clear();
    filledAll = count == room;
    limit += Math.max(count, 0);
    return count;
  }

  private int fillPlaced(ReadableByteChannel channel, BulkSink into) throws IOException {
    int room = Math.min(into.remaining(), fragmentLeft);
    int count = into.read(channel, room);
    filledAll = count == room || count >= BufferSink.HEAP_READ_BYTES_MAX;
    if (count > 0) {
      fragmentLeft -= count;
      donePlacing(into);
    }
    return count;
  }

  /**
   * The next whole record, or null when more bytes are needed.
   *
   * @throws IOException when the peer breaks a bound: the connection is to be ended
   */
  @Nullable TcpRecord next(RecordReceiver receiver) throws IOException {
    while (true) {
      if (fragmentLeft == 0 && !(inRecord && lastFragment)) {
        if (limit - raw < HEADER_BYTES) {
          return null;
        }
        beginFragment(buffer().bytes().getInt(raw));
      }
      consume();
      if (fragmentLeft > 0) {
        askToPlace(receiver);
        return null;
      }
      if (lastFragment) {
        return complete();
      }
    }
  }

  private void beginFragment(int header) throws IOException {
    raw += HEADER_BYTES;
    if (!inRecord) {
      inRecord = true;
      start = raw;
      write = raw;
      fragments = 0;
      claimed = 0;
      askedToPlace = false;
      placedAt = -1;
      placed = null;
    }
    lastFragment = header < 0;
    fragmentLeft = header & Integer.MAX_VALUE;
    fragments++;
    if (fragments > limits.fragmentsPerRecordMax()) {
      throw new NonsenseException(
          "record of more than " + limits.fragmentsPerRecordMax() + " fragments");
    }
    if (fragmentLeft > limits.recordBytesMax() - claimed) {
      throw new NonsenseException(
          "record of "
              + ((long) claimed + fragmentLeft)
              + " bytes, more than the "
              + limits.recordBytesMax()
              + " taken");
    }
    claimed += fragmentLeft;
  }

  /** Adds raw bytes to the record's payload, as far as the fragment goes. */
  private void consume() throws IOException {
    int count = Math.min(fragmentLeft, limit - raw);
    if (count == 0) {
      return;
    }
    fragmentLeft -= count;
    ByteBuffer bytes = buffer().bytes();
    BulkSink into = placing;
    if (into != null) {
      int part = Math.min(count, into.remaining());
      into.put(bytes.slice(raw, part));
      raw += part;
      count -= part;
      donePlacing(into);
    }
    if (write != raw && count > 0) {
      bytes.put(write, bytes, raw, count);
    }
    write += count;
    raw += count;
  }

  private void donePlacing(BulkSink into) {
    if (into.remaining() == 0) {
      placing = null;
    }
  }

  /** Asks once for each large record, when its length is certain and its beginning is here. */
  private void askToPlace(RecordReceiver receiver) throws IOException {
    if (awaitsPrefix() && write - start >= PREFIX_BYTES) {
      askedToPlace = true;
      ByteBuffer prefix = buffer().bytes().slice(start, write - start).asReadOnlyBuffer();
      RecordReceiver.Placement placement = receiver.place(prefix, claimed);
      if (placement != null && placement.offset() <= write - start && isInside(placement)) {
        place(placement);
      }
    }
  }

  private boolean awaitsPrefix() {
    return lastFragment && !askedToPlace && claimed >= PLACED_RECORD_BYTES_MIN;
  }

  private boolean isInside(RecordReceiver.Placement placement) {
    long end = (long) placement.offset() + placement.length();
    return placement.offset() >= 0 && end <= claimed;
  }

  private void place(RecordReceiver.Placement placement) throws IOException {
    BulkSink into = placement.sink();
    int offset = placement.offset();
    ByteBuffer bytes = buffer().bytes();
    int from = start + offset;
    int part = Math.min(write - from, into.remaining());
    into.put(bytes.slice(from, part));
    int behind = write - from - part;
    bytes.put(from, bytes, from + part, behind);
    write = from + behind;
    raw = write;
    limit = write;
    placedAt = offset;
    placed = placement.data();
    placing = into.remaining() > 0 ? into : null;
  }

  private TcpRecord complete() {
    PooledBuffer owner = buffer();
    ByteBuffer bytes = owner.bytes().slice(start, write - start);
    inRecord = false;
    lastFragment = false;
    largestCompleted = Math.max(largestCompleted, claimed);
    if (isLarge(owner)) {
      forgetBuffer();
    } else {
      owner.retain();
    }
    TcpRecord record = new TcpRecord(owner, bytes, placedAt, placed);
    awaitsPlaced = placed != null;
    placed = null;
    return record;
  }

  /** Takes out the bytes that have been read and belong to no record yet. */
  ByteBuffer takeUnread() {
    if (inRecord) {
      throw new IllegalStateException("inside a record");
    }
    PooledBuffer held = buffer;
    if (held == null || raw == limit) {
      return ByteBuffer.allocate(0);
    }
    ByteBuffer unread = ByteBuffer.allocate(limit - raw);
    unread.put(0, held.bytes(), raw, limit - raw);
    limit = raw;
    return unread;
  }

  /** Gives the buffer back when it holds nothing: a connection that waits costs none. */
  void idle() {
    PooledBuffer held = buffer;
    if (held != null && !isPartial()) {
      forgetBuffer();
      held.release();
    }
  }

  /** Gives the buffer back whatever it holds. */
  void close() {
    PooledBuffer held = buffer;
    if (held != null) {
      forgetBuffer();
      held.release();
    }
    inRecord = false;
    placing = null;
  }

  private void forgetBuffer() {
    buffer = null;
    start = 0;
    write = 0;
    raw = 0;
    limit = 0;
  }

  private PooledBuffer buffer() {
    PooledBuffer held = buffer;
    if (held == null) {
      throw new IllegalStateException("no buffer");
    }
    return held;
  }

  private static boolean isLarge(PooledBuffer held) {
    return held.bytes().capacity() != BufferPool.CHUNK_BYTES;
  }

  /** Bytes that are certain to come, or wanted before it is decided where the rest goes. */
  private int wanted() {
    if (inRecord && fragmentLeft > 0) {
      int prefixLeft = PREFIX_BYTES - (write - start);
      return awaitsPrefix() && prefixLeft > 0 ? Math.min(fragmentLeft, prefixLeft) : fragmentLeft;
    }
    return HEADER_BYTES - (limit - raw);
  }

  /** A buffer with room behind its limit, or null when the pool has none. */
  private @Nullable PooledBuffer makeRoom() {
    PooledBuffer held = buffer;
    if (held == null) {
      buffer = pool.chunk();
      return buffer;
    }
    if (!inRecord && raw == limit && held.isSole()) {
      raw = 0;
      limit = 0;
      return held;
    }
    int room = held.bytes().capacity() - limit;
    return room >= roomMin(held) ? held : move(held);
  }

  private int roomMin(PooledBuffer held) {
    if (isLarge(held)) {
      return 1;
    }
    if (!inRecord) {
      return CHUNK_ROOM_MIN;
    }
    int total = write - start + limit - raw + wanted();
    boolean isCredible = total <= Math.max(BufferPool.CHUNK_BYTES, largestCompleted);
    return isCredible ? wanted() : 1;
  }

  private @Nullable PooledBuffer move(PooledBuffer held) {
    int have = inRecord ? write - start : 0;
    int left = limit - raw;
    int total = have + left + wanted();
    PooledBuffer to;
    if (!isLarge(held) && total <= BufferPool.CHUNK_BYTES) {
      to = held.isSole() ? held : pool.chunk();
    } else {
      int earned = Math.max(4 * Math.max(have, BufferPool.CHUNK_BYTES), largestCompleted);
      to = pool.large(Math.min(total, earned));
      if (to == null) {
        return null;
      }
    }
    if (have > 0) {
      to.bytes().put(0, held.bytes(), start, have);
    }
    to.bytes().put(have, held.bytes(), raw, left);
    if (to != held) {
      held.release();
    }
    buffer = to;
    start = 0;
    write = have;
    raw = have;
    limit = have + left;
    return to;
  }
}
