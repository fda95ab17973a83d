package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes XDR (RFC 4506) into a row of chunks, with bulk data between them as it is.
 *
 * <p>Nothing is ever copied to grow: a full chunk is followed by a bigger one. After a payload the
 * rest of the chunk before it is used on. Positions are counted in bytes of the message, payloads
 * and padding included, so they stay true whatever lies between.
 *
 * <p>A value that its schema does not allow (a number that is no unsigned 32-bit integer, bytes or
 * items beyond the bound) is a fault of the caller: {@link IllegalArgumentException}.
 */
public final class XdrWriter {
  private static final int CHUNK_BYTES_MIN = 512;
  private static final int CHUNK_BYTES_MAX = 64 * 1024;
  private static final byte[] ZEROS = new byte[4];

  private final List<Part> parts = new ArrayList<>(3);
  private Chunk last;

  /** Starts with a small chunk, good for most messages without bulk data. */
  public XdrWriter() {
    this(CHUNK_BYTES_MIN);
  }

  /**
   * Starts with a chunk of the given size.
   *
   * @param firstChunkBytes how many bytes fit before the writer has to allocate again
   */
  public XdrWriter(int firstChunkBytes) {
    last = new Chunk(0, ByteBuffer.allocate(Math.max(firstChunkBytes, 8)));
    parts.add(last);
  }

  /** How one item of a list is written. */
  @FunctionalInterface
  public interface Encoder<T> {
    /** Writes one item. */
    void encode(T item, XdrWriter out);
  }

  /** A part of the message: a chunk of our own or somebody's payload. */
  private sealed interface Part {
    /** Where it starts in the message. */
    int start();

    /** How many bytes of the message it holds. */
    int length();
  }

  private record Chunk(int start, ByteBuffer buffer) implements Part {
    @Override
    public int length() {
      return buffer.position();
    }
  }

  private record Bulk(int start, Payload payload) implements Part {
    @Override
    public int length() {
      return payload.length();
    }
  }

  /** How many bytes the message has so far, payloads and padding included. */
  public int size() {
    return last.start + last.buffer.position();
  }

  /** How many of them take memory of this process. */
  public int sizeInMemory() {
    int elsewhere = 0;
    for (Part part : parts) {
      if (part instanceof Bulk bulk && !bulk.payload.isInMemory()) {
        elsewhere += bulk.length();
      }
    }
    return size() - elsewhere;
  }

  /** A 32-bit integer. */
  public void writeInt(int value) {
    room(4).putInt(value);
  }

  /**
   * An unsigned 32-bit integer.
   *
   * @throws IllegalArgumentException unless {@code 0 <= value < 2^32}
   */
  public void writeUint32(long value) {
    if (value >>> 32 != 0) {
      throw new IllegalArgumentException(value + " is no unsigned 32-bit integer");
    }
    writeInt((int) value);
  }

  /** A 64-bit integer; of an unsigned one the raw bits. */
  public void writeLong(long value) {
    room(8).putLong(value);
  }

  /** A boolean. */
  public void writeBoolean(boolean value) {
    writeInt(value ? 1 : 0);
  }

  /**
   * Opaque data or a string with its length in front.
   *
   * @param bytesMax the bound of the schema
   */
  public void writeOpaque(Opaque value, long bytesMax) {
    checkAtMost(value.size(), bytesMax, "bytes");
    writeInt(value.size());
    writePadded(value.array());
  }

  /**
   * Opaque data of a length that the schema says.
   *
   * @param bytes the length
   */
  public void writeFixedOpaque(Opaque value, long bytes) {
    checkExactly(value.size(), bytes, "bytes");
    writePadded(value.array());
  }

  /**
   * Bulk data with its length in front. The payload is kept, not copied.
   *
   * @param bytesMax the bound of the schema
   */
  public void writePayload(Payload value, long bytesMax) {
    int length = value.length();
    checkAtMost(length, bytesMax, "bytes");
    writeInt(length);
    payload(value);
    write(ZEROS, 0, -length & 3);
  }

  /** Appends bytes of somebody else's as they are: no length in front, no padding behind. */
  public void payload(Payload value) {
    if (value.length() > 0) {
      int start = size();
      parts.add(new Bulk(start, value));
      append(new Chunk(Math.addExact(start, value.length()), rest(last)));
    }
  }

  /**
   * Appends another message, which must not be used any more: its chunks and payloads now belong to
   * this one. Nothing is copied.
   */
  public void append(XdrWriter other) {
    int start = size();
    for (Part part : other.parts) {
      int at = Math.addExact(start, part.start());
      switch (part) {
        case Chunk chunk -> append(new Chunk(at, chunk.buffer));
        case Bulk bulk -> parts.add(new Bulk(at, bulk.payload));
      }
    }
  }

  /**
   * A variable-length array.
   *
   * @param countMax the bound of the schema
   */
  public <T> void writeList(List<T> items, long countMax, Encoder<T> encoder) {
    checkAtMost(items.size(), countMax, "items");
    writeInt(items.size());
    writeItems(items, encoder);
  }

  /**
   * A fixed-length array.
   *
   * @param count how many items the schema says
   */
  public <T> void writeFixedList(List<T> items, long count, Encoder<T> encoder) {
    checkExactly(items.size(), count, "items");
    writeItems(items, encoder);
  }

  /**
   * A linked list.
   *
   * @param countMax the bound of the schema
   */
  public <T> void writeLinkedList(List<T> items, long countMax, Encoder<T> encoder) {
    checkAtMost(items.size(), countMax, "items");
    for (T item : items) {
      writeBoolean(true);
      encoder.encode(item, this);
    }
    writeBoolean(false);
  }

  /** A value that may be missing. */
  public <T> void writeOptional(@Nullable T value, Encoder<T> encoder) {
    writeBoolean(value != null);
    if (value != null) {
      encoder.encode(value, this);
    }
  }

  /**
   * Leaves room for a 32-bit integer that is not known yet.
   *
   * @return where it is, for {@link #patchInt}
   */
  public int reserveInt() {
    writeInt(0);
    return size() - 4;
  }

  /**
   * Sets an integer that was reserved.
   *
   * @param at what {@link #reserveInt} returned
   */
  public void patchInt(int at, int value) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (parts.get(i).start() <= at && parts.get(i) instanceof Chunk chunk) {
        int offset = at - chunk.start;
        if (offset + 4 > chunk.length()) {
          break;
        }
        chunk.buffer.putInt(offset, value);
        return;
      }
    }
    throw new IllegalArgumentException("no integer was written at byte " + at);
  }

  /**
   * Forgets everything from a position on; payloads there are released.
   *
   * @param size what {@link #size()} said when the message was as it is to be again
   * @throws IllegalArgumentException when the message never ended there, because it is longer than
   *     the message or in the middle of a payload
   */
  public void truncate(int size) {
    int keep = parts.size() - 1;
    while (keep > 0 && !endsAChunkAt(parts.get(keep), size)) {
      keep--;
    }
    if (!endsAChunkAt(parts.get(keep), size)) {
      throw new IllegalArgumentException(
          "byte " + size + " is beyond the end, " + size() + ", or inside a payload");
    }
    releaseFrom(keep + 1);
    parts.subList(keep + 1, parts.size()).clear();
    last = (Chunk) parts.get(keep);
    last.buffer.position(size - last.start);
  }

  /** Releases all payloads: the message was sent, or will not be. */
  public void release() {
    releaseFrom(0);
  }

  private void releaseFrom(int part) {
    for (int i = part; i < parts.size(); i++) {
      if (parts.get(i) instanceof Bulk bulk) {
        bulk.payload.release();
      }
    }
  }

  private static boolean endsAChunkAt(Part part, int size) {
    return part instanceof Chunk && part.start() <= size && size <= part.start() + part.length();
  }

  /** The message in order: what was written by value, and the payloads as they were given. */
  public List<Payload> segments() {
    var segments = new ArrayList<Payload>(parts.size());
    for (Part part : parts) {
      switch (part) {
        case Bulk bulk -> segments.add(bulk.payload);
        case Chunk chunk when chunk.length() > 0 ->
            segments.add(new BufferPayload(chunk.buffer.duplicate().flip()));
        case Chunk empty -> {}
      }
    }
    return segments;
  }

  /**
   * Copies the message, if there is no payload in it: the cheap way for the many small ones.
   *
   * @param target has room for {@link #size()} bytes
   * @param at where in the target, whose position stays
   * @return false when there is a payload; nothing was copied then
   */
  public boolean copyTo(ByteBuffer target, int at) {
    for (Part part : parts) {
      if (part instanceof Bulk) {
        return false;
      }
    }
    for (Part part : parts) {
      if (part instanceof Chunk chunk) {
        target.put(at + chunk.start, chunk.buffer, 0, chunk.length());
      }
    }
    return true;
  }

  /** The whole message in one array, payloads copied. */
  public byte[] toByteArray() {
    ByteBuffer all = ByteBuffer.allocate(size());
    if (!copyTo(all, 0)) {
      for (Payload segment : segments()) {
        all.put(segment.bytes());
      }
    }
    return all.array();
  }

  /** The whole message as a value, payloads copied. */
  public Opaque toOpaque() {
    return Opaque.wrap(toByteArray());
  }

  private <T> void writeItems(List<T> items, Encoder<T> encoder) {
    for (T item : items) {
      encoder.encode(item, this);
    }
  }

  private void writePadded(byte[] bytes) {
    write(bytes, 0, bytes.length);
    write(ZEROS, 0, -bytes.length & 3);
  }

  private void write(byte[] bytes, int from, int count) {
    int fits = Math.min(count, last.buffer.remaining());
    last.buffer.put(bytes, from, fits);
    if (fits < count) {
      room(count - fits).put(bytes, from + fits, count - fits);
    }
  }

  /** The chunk to write into, with at least so many bytes free in one piece. */
  private ByteBuffer room(int bytes) {
    if (last.buffer.remaining() < bytes) {
      int wanted = Math.min(CHUNK_BYTES_MAX, Math.max(CHUNK_BYTES_MIN, size()));
      append(new Chunk(size(), ByteBuffer.allocate(Math.max(bytes, wanted))));
    }
    return last.buffer;
  }

  private void append(Chunk chunk) {
    parts.add(chunk);
    last = chunk;
  }

  private static ByteBuffer rest(Chunk chunk) {
    return chunk.buffer.slice();
  }

  private static void checkAtMost(int actual, long max, String what) {
    if (actual > max) {
      throw new IllegalArgumentException(actual + " " + what + " where at most " + max + " may be");
    }
  }

  private static void checkExactly(int actual, long expected, String what) {
    if (actual != expected) {
      throw new IllegalArgumentException(actual + " " + what + " where " + expected + " must be");
    }
  }
}
