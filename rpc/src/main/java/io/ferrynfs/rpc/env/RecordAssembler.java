package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Assembles records from the bytes of a connection (record marking, RFC 5531 section 11).
 *
 * <p>The buffer has the following layout. The end of the payload lags behind the raw bytes after a
 * fragment header or a placed region has been removed:
 *
 * <pre>
 *   ...  start [ payload of the record so far ] write ... raw [ not consumed yet ] limit ... capacity
 * </pre>
 *
 * <p>Small records are slices of a shared chunk. A record that does not fit into a chunk gets a
 * separate buffer, which grows with the received bytes. Its size is at most four times the received
 * bytes, or the size of the largest record that the peer has sent completely. A peer therefore
 * cannot reserve memory by a length alone. The bytes of a record with one fragment are copied only
 * when the buffer grows.
 */
final class RecordAssembler {

  /** The result of {@link #fill} if the pool has no buffer for a large record. */
  static final int NO_MEMORY = Integer.MIN_VALUE;

  /** The minimum size of a record for a call of {@link RecordReceiver#place}, in bytes. */
  static final int PLACED_RECORD_BYTES_MIN = 16 << 10;

  /** The received bytes of a large record at which {@link RecordReceiver#place} is called. */
  static final int PREFIX_BYTES = 512;

  private static final int HEADER_BYTES = 4;
  private static final int CHUNK_SPACE_MIN = 4 << 10;

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

  private boolean placementRequested;
  private int placedAt;
  private @Nullable Payload placed;
  private @Nullable BulkSink placing;
  private boolean filledAll;

  /**
   * The sink of the previous record prefers to read by itself. The next record may have such a
   * sink, too, so that a read should stop before its data.
   */
  private boolean stopsBeforeData;

  RecordAssembler(StreamLimits limits, BufferPool pool) {
    this.limits = limits;
    this.pool = pool;
  }

  /** Returns whether a part of a record or of a header has been received. */
  boolean isPartial() {
    return inRecord || raw < limit;
  }

  /** Returns whether the assembler holds a large buffer, of which the pool has few. */
  boolean holdsLarge() {
    PooledBuffer held = buffer;
    return held != null && isLarge(held);
  }

  /**
   * Returns whether the last {@link #fill} read as many bytes as it requested, so that more may be
   * available.
   */
  boolean filledAll() {
    return filledAll;
  }

  /**
   * Reads once. The caller has consumed all earlier records with {@link #next}.
   *
   * @param bulkSource the channel to read a placed region from
   * @return the result of the read, or {@link #NO_MEMORY}
   */
  int fill(ReadableByteChannel channel, ReadableByteChannel bulkSource) throws IOException {
    BulkSink direct = placing;
    if (direct != null) {
      return fillPlaced(bulkSource, direct);
    }
    PooledBuffer into = ensureSpace();
    if (into == null) {
      return NO_MEMORY;
    }
    ByteBuffer bytes = into.bytes();
    int space = bytes.capacity() - limit;
    if (isLarge(into)) {
      // The buffer belongs to this record alone and must not receive bytes of the next one.
      space = Math.min(space, wanted());
    } else if (stopsBeforeData && limit == raw && (!inRecord || awaitsPrefix())) {
      space = Math.min(space, 2 * PREFIX_BYTES);
    }
    int count = channel.read(bytes.limit(limit + space).position(limit));
    bytes.clear();
    filledAll = count == space;
    limit += Math.max(count, 0);
    return count;
  }

  private int fillPlaced(ReadableByteChannel channel, BulkSink into) throws IOException {
    int space = Math.min(into.remaining(), fragmentLeft);
    int count = into.read(channel, space);
    filledAll = count == space || count >= BufferSink.HEAP_READ_BYTES_MAX;
    if (count > 0) {
      fragmentLeft -= count;
      donePlacing(into);
    }
    return count;
  }

  /**
   * Returns the next complete record, or null if more bytes are necessary.
   *
   * @throws IOException if the peer exceeds a limit; the caller closes the connection
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
        requestPlacement(receiver);
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
      placementRequested = false;
      placedAt = -1;
      placed = null;
    }
    lastFragment = header < 0;
    fragmentLeft = header & Integer.MAX_VALUE;
    fragments++;
    if (fragments > limits.fragmentsPerRecordMax()) {
      throw new RpcProtocolException(
          "record of more than " + limits.fragmentsPerRecordMax() + " fragments");
    }
    if (fragmentLeft > limits.recordBytesMax() - claimed) {
      throw new RpcProtocolException(
          "record of "
              + ((long) claimed + fragmentLeft)
              + " bytes, more than the limit of "
              + limits.recordBytesMax());
    }
    claimed += fragmentLeft;
  }

  /** Adds the raw bytes of the current fragment to the payload of the record. */
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

  /**
   * Calls the receiver once for each large record, after the last fragment header and the prefix
   * have arrived.
   */
  private void requestPlacement(RecordReceiver receiver) throws IOException {
    if (awaitsPrefix() && write - start >= PREFIX_BYTES) {
      placementRequested = true;
      ByteBuffer prefix = buffer().bytes().slice(start, write - start).asReadOnlyBuffer();
      RecordReceiver.Placement placement = receiver.place(prefix, claimed);
      if (placement != null && placement.offset() <= write - start && isInside(placement)) {
        place(placement);
      }
    }
  }

  private boolean awaitsPrefix() {
    return lastFragment && !placementRequested && claimed >= PLACED_RECORD_BYTES_MIN;
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
    stopsBeforeData = into.prefersRead();
    placing = into.remaining() > 0 ? into : null;
  }

  private TcpRecord complete() {
    PooledBuffer owner = buffer();
    ByteBuffer bytes = owner.bytes().slice(start, write - start);
    inRecord = false;
    lastFragment = false;
    largestCompleted = Math.max(largestCompleted, claimed);
    if (isLarge(owner)) {
      clearBuffer();
    } else {
      owner.retain();
    }
    TcpRecord record = new TcpRecord(owner, bytes, placedAt, placed);
    stopsBeforeData &= placed != null;
    placed = null;
    return record;
  }

  /** Removes and returns the bytes that follow the last complete record. */
  ByteBuffer takeUnread() {
    if (inRecord) {
      throw new IllegalStateException("record is incomplete");
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

  /** Releases the buffer if it holds no bytes, so that an idle connection needs none. */
  void idle() {
    PooledBuffer held = buffer;
    if (held != null && !isPartial()) {
      clearBuffer();
      held.release();
    }
  }

  /** Releases the buffer and discards its bytes. */
  void close() {
    PooledBuffer held = buffer;
    if (held != null) {
      clearBuffer();
      held.release();
    }
    inRecord = false;
    placing = null;
  }

  private void clearBuffer() {
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

  /**
   * Returns the number of bytes to read next: the rest of the fragment or the header, or the rest
   * of the prefix.
   */
  private int wanted() {
    if (inRecord && fragmentLeft > 0) {
      int prefixLeft = PREFIX_BYTES - (write - start);
      return awaitsPrefix() && prefixLeft > 0 ? Math.min(fragmentLeft, prefixLeft) : fragmentLeft;
    }
    return HEADER_BYTES - (limit - raw);
  }

  /** Returns a buffer with space after its limit, or null if the pool has none. */
  private @Nullable PooledBuffer ensureSpace() {
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
    int space = held.bytes().capacity() - limit;
    return space >= spaceMin(held) ? held : move(held);
  }

  private int spaceMin(PooledBuffer held) {
    if (isLarge(held)) {
      return 1;
    }
    if (!inRecord) {
      return CHUNK_SPACE_MIN;
    }
    int total = write - start + limit - raw + wanted();
    boolean isAllowed = total <= Math.max(BufferPool.CHUNK_BYTES, largestCompleted);
    return isAllowed ? wanted() : 1;
  }

  private @Nullable PooledBuffer move(PooledBuffer held) {
    int have = inRecord ? write - start : 0;
    int left = limit - raw;
    int total = have + left + wanted();
    PooledBuffer to;
    if (!isLarge(held) && total <= BufferPool.CHUNK_BYTES) {
      to = held.isSole() ? held : pool.chunk();
    } else {
      int allowed = Math.max(4 * Math.max(have, BufferPool.CHUNK_BYTES), largestCompleted);
      to = pool.large(Math.min(total, allowed));
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
