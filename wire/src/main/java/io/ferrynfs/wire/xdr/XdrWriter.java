package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes XDR (RFC 4506) into a list of chunks, with bulk data between them that is not copied.
 *
 * <p>The writer never copies bytes to grow: a larger chunk follows a full one. After a payload, the
 * writer uses the rest of the chunk before the payload. Positions count the bytes of the message,
 * including payloads and padding.
 *
 * <p>A method throws {@link IllegalArgumentException} if the schema does not allow the value: an
 * integer outside the range of its type, or more bytes or items than the limit.
 */
public final class XdrWriter {
  private static final int CHUNK_BYTES_MIN = 512;
  private static final int CHUNK_BYTES_MAX = 64 * 1024;
  private static final byte[] ZEROS = new byte[4];

  private final List<Part> parts = new ArrayList<>(3);
  private Chunk last;

  /** Creates a writer whose first chunk suffices for most messages without bulk data. */
  public XdrWriter() {
    this(CHUNK_BYTES_MIN);
  }

  /**
   * Creates a writer with a first chunk of the given size.
   *
   * @param firstChunkBytes the bytes that fit before the writer allocates another chunk
   */
  public XdrWriter(int firstChunkBytes) {
    last = new Chunk(0, ByteBuffer.allocate(Math.max(firstChunkBytes, 8)));
    parts.add(last);
  }

  /** An encoder of one item of a list. */
  @FunctionalInterface
  public interface Encoder<T> {
    /** Writes one item. */
    void encode(T item, XdrWriter out);
  }

  /** A part of the message: a chunk of this writer or a payload. */
  private sealed interface Part {
    /** Returns the offset of the part in the message, in bytes. */
    int start();

    /** Returns the length of the part in bytes. */
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

  /** Returns the bytes of the message until now, including payloads and padding. */
  public int size() {
    return last.start + last.buffer.position();
  }

  /** Returns how many bytes of {@link #size()} occupy memory of this process. */
  public int sizeInMemory() {
    int elsewhere = 0;
    for (Part part : parts) {
      if (part instanceof Bulk bulk && !bulk.payload.isInMemory()) {
        elsewhere += bulk.length();
      }
    }
    return size() - elsewhere;
  }

  /** Writes a 32-bit integer. */
  public void writeInt(int value) {
    room(4).putInt(value);
  }

  /**
   * Writes an unsigned 32-bit integer.
   *
   * @throws IllegalArgumentException if not {@code 0 <= value < 2^32}
   */
  public void writeUint32(long value) {
    if (value >>> 32 != 0) {
      throw new IllegalArgumentException(value + " is not an unsigned 32-bit integer");
    }
    writeInt((int) value);
  }

  /** Writes a signed 64-bit integer, or the raw bits of an unsigned one. */
  public void writeLong(long value) {
    room(8).putLong(value);
  }

  /** Writes a boolean. */
  public void writeBoolean(boolean value) {
    writeInt(value ? 1 : 0);
  }

  /**
   * Writes variable-length opaque data or a string.
   *
   * @param bytesMax the maximum length of the schema, in bytes
   */
  public void writeOpaque(Opaque value, long bytesMax) {
    checkAtMost(value.size(), bytesMax, "bytes");
    writeInt(value.size());
    writePadded(value.array());
  }

  /**
   * Writes fixed-length opaque data.
   *
   * @param bytes the length of the schema, in bytes
   */
  public void writeFixedOpaque(Opaque value, long bytes) {
    checkExactly(value.size(), bytes, "bytes");
    writePadded(value.array());
  }

  /**
   * Writes variable-length bulk data. The writer keeps the payload and does not copy it.
   *
   * @param bytesMax the maximum length of the schema, in bytes
   */
  public void writePayload(Payload value, long bytesMax) {
    int length = value.length();
    checkAtMost(length, bytesMax, "bytes");
    writeInt(length);
    payload(value);
    write(ZEROS, 0, -length & 3);
  }

  /** Appends a payload without a length before it and without padding after it. */
  public void payload(Payload value) {
    if (value.length() > 0) {
      int start = size();
      parts.add(new Bulk(start, value));
      append(new Chunk(Math.addExact(start, value.length()), rest(last)));
    }
  }

  /**
   * Appends another message without a copy. The other writer must not be used afterwards because
   * its chunks and payloads belong to this writer.
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
   * Writes a variable-length array.
   *
   * @param countMax the maximum number of items of the schema
   */
  public <T> void writeList(List<T> items, long countMax, Encoder<T> encoder) {
    checkAtMost(items.size(), countMax, "items");
    writeInt(items.size());
    writeItems(items, encoder);
  }

  /**
   * Writes a fixed-length array.
   *
   * @param count the number of items of the schema
   */
  public <T> void writeFixedList(List<T> items, long count, Encoder<T> encoder) {
    checkExactly(items.size(), count, "items");
    writeItems(items, encoder);
  }

  /**
   * Writes a linked list.
   *
   * @param countMax the maximum number of items of the schema
   */
  public <T> void writeLinkedList(List<T> items, long countMax, Encoder<T> encoder) {
    checkAtMost(items.size(), countMax, "items");
    for (T item : items) {
      writeBoolean(true);
      encoder.encode(item, this);
    }
    writeBoolean(false);
  }

  /** Writes an optional value. */
  public <T> void writeOptional(@Nullable T value, Encoder<T> encoder) {
    writeBoolean(value != null);
    if (value != null) {
      encoder.encode(value, this);
    }
  }

  /**
   * Reserves space for a 32-bit integer that is not known yet.
   *
   * @return the position, for {@link #patchInt}
   */
  public int reserveInt() {
    writeInt(0);
    return size() - 4;
  }

  /**
   * Sets a reserved integer.
   *
   * @param at the position that {@link #reserveInt} returned
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
    throw new IllegalArgumentException("no integer starts at byte " + at);
  }

  /**
   * Truncates the message and releases the payloads after its new end.
   *
   * @param size an earlier return value of {@link #size()}
   * @throws IllegalArgumentException if the size is greater than that of the message, or lies
   *     inside a payload
   */
  public void truncate(int size) {
    int keep = parts.size() - 1;
    while (keep > 0 && !endsAChunkAt(parts.get(keep), size)) {
      keep--;
    }
    if (!endsAChunkAt(parts.get(keep), size)) {
      throw new IllegalArgumentException(
          "cannot truncate "
              + size()
              + " bytes to "
              + size
              + ": beyond the end or inside a payload");
    }
    releaseFrom(keep + 1);
    parts.subList(keep + 1, parts.size()).clear();
    last = (Chunk) parts.get(keep);
    last.buffer.position(size - last.start);
  }

  /** Releases all payloads after the message was sent or discarded. */
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

  /** Returns the parts of the message in order: the chunks and the payloads. */
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
   * Copies the message if it has no payload. This is the fast path for small messages.
   *
   * @param target a buffer with space for {@link #size()} bytes
   * @param at the index in the target, whose position does not move
   * @return false if the message has a payload; nothing was copied in that case
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

  /** Returns a copy of the whole message, including payloads. */
  public byte[] toByteArray() {
    ByteBuffer all = ByteBuffer.allocate(size());
    if (!copyTo(all, 0)) {
      for (Payload segment : segments()) {
        all.put(segment.bytes());
      }
    }
    return all.array();
  }

  /** Returns a copy of the whole message, including payloads, as a value. */
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

  /** Returns a chunk with at least the given number of contiguous free bytes. */
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

  private static void checkAtMost(int actual, long max, String unit) {
    if (actual > max) {
      throw new IllegalArgumentException(actual + " " + unit + "; the limit is " + max);
    }
  }

  private static void checkExactly(int actual, long expected, String unit) {
    if (actual != expected) {
      throw new IllegalArgumentException(actual + " " + unit + "; expected " + expected);
    }
  }
}
