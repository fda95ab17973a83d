package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads XDR (RFC 4506) from a buffer.
 *
 * <p>The reader compares a length or count with its limit and with the remaining bytes before it
 * allocates memory. A message can therefore cause the allocation of at most a small multiple of its
 * own size.
 *
 * <p>The reader accepts padding bytes that are not zero. RFC 4506 section 3 requires zeros of the
 * writer, but Linux does not check them, and most peers are tested against Linux only.
 */
public final class XdrReader {

  private final ByteBuffer in;

  /** Bulk data that was received into another buffer, and its position in {@link #in}. */
  private final @Nullable Payload placed;

  private final int placedAt;

  /**
   * Creates a reader of the bytes between the buffer's position and limit, without moving the
   * position.
   */
  public XdrReader(ByteBuffer buffer) {
    this(buffer, -1, null);
  }

  /**
   * Creates a reader of a message whose payload was received into another buffer. The given buffer
   * has the bytes before and after the payload.
   *
   * @param buffer the message without the payload's bytes, but with its padding
   * @param placedAt the offset of the payload in the message, in bytes from the buffer's position
   * @param placed the payload
   */
  public XdrReader(ByteBuffer buffer, int placedAt, @Nullable Payload placed) {
    in = buffer.slice().order(ByteOrder.BIG_ENDIAN);
    this.placedAt = placedAt;
    this.placed = placed;
  }

  /** Creates a reader of an opaque value that contains encoded XDR. */
  public XdrReader(Opaque bytes) {
    in = ByteBuffer.wrap(bytes.array());
    placedAt = -1;
    placed = null;
  }

  /** A decoder of one item of a list. */
  @FunctionalInterface
  public interface Decoder<T> {
    /** Reads one item. */
    T decode(XdrReader in) throws XdrException;
  }

  /** Returns the number of bytes that were read. */
  public int position() {
    return in.position();
  }

  /** Returns the number of remaining bytes. */
  public int remaining() {
    return in.remaining();
  }

  /** Returns a view of the remaining bytes, without moving the position. */
  public ByteBuffer rest() {
    return in.slice();
  }

  /**
   * Checks that no bytes remain.
   *
   * @throws XdrException if bytes remain
   */
  public void expectEnd() throws XdrException {
    if (in.hasRemaining()) {
      throw new XdrException(in.remaining() + " bytes follow the end of the message");
    }
  }

  /** Reads a signed 32-bit integer, or the raw bits of an unsigned one. */
  public int readInt() throws XdrException {
    require(4);
    return in.getInt();
  }

  /** Returns the integer that {@link #readInt} reads next, without moving the position. */
  public int peekInt() throws XdrException {
    require(4);
    return in.getInt(in.position());
  }

  /** Reads an unsigned 32-bit integer. */
  public long readUint32() throws XdrException {
    return Integer.toUnsignedLong(readInt());
  }

  /** Reads a signed 64-bit integer, or the raw bits of an unsigned one. */
  public long readLong() throws XdrException {
    require(8);
    return in.getLong();
  }

  /** Reads a boolean. Only 0 and 1 are valid (RFC 4506 section 4.4). */
  public boolean readBoolean() throws XdrException {
    int value = readInt();
    return switch (value) {
      case 0 -> false;
      case 1 -> true;
      default -> throw new XdrException("invalid boolean " + Integer.toUnsignedString(value));
    };
  }

  /**
   * Reads variable-length opaque data or a string.
   *
   * @param bytesMax the maximum length of the schema, in bytes
   */
  public Opaque readOpaque(long bytesMax) throws XdrException {
    return readFixedOpaque(readLength(bytesMax));
  }

  /**
   * Reads fixed-length opaque data.
   *
   * @param bytes the length of the schema, in bytes
   */
  public Opaque readFixedOpaque(long bytes) throws XdrException {
    int padded = requirePadded(bytes);
    byte[] value = new byte[(int) bytes];
    int start = in.position();
    in.get(value);
    in.position(start + padded);
    return Opaque.wrap(value);
  }

  /**
   * Reads variable-length bulk data, as a slice of the buffer.
   *
   * @param bytesMax the maximum length of the schema, in bytes
   */
  public Payload readPayload(long bytesMax) throws XdrException {
    if (placed != null && in.position() + 4 == placedAt) {
      return readPlaced(placed, bytesMax);
    }
    int length = readLength(bytesMax);
    int padded = requirePadded(length);
    int start = in.position();
    ByteBuffer slice = in.slice(start, length);
    in.position(start + padded);
    return new BufferPayload(slice);
  }

  private Payload readPlaced(Payload data, long bytesMax) throws XdrException {
    long length = readUint32();
    if (length > bytesMax || length != data.length()) {
      throw new XdrException(
          "payload of "
              + length
              + " bytes; the limit is "
              + bytesMax
              + ", "
              + data.length()
              + " were received");
    }
    int padding = -(int) length & 3;
    require(padding);
    in.position(in.position() + padding);
    return data;
  }

  /**
   * Reads the items of a variable-length array.
   *
   * @param countMax the maximum number of items of the schema
   * @param itemBytesMin the minimum size of an encoded item, in bytes
   */
  public <T> List<T> readList(long countMax, int itemBytesMin, Decoder<T> decoder)
      throws XdrException {
    long count = readUint32();
    if (count > countMax) {
      throw new XdrException("list of " + count + " items; the limit is " + countMax);
    }
    return readFixedList(count, itemBytesMin, decoder);
  }

  /**
   * Reads the items of a fixed-length array.
   *
   * @param count the number of items of the schema
   * @param itemBytesMin the minimum size of an encoded item, in bytes
   */
  public <T> List<T> readFixedList(long count, int itemBytesMin, Decoder<T> decoder)
      throws XdrException {
    if (count * itemBytesMin > in.remaining()) {
      throw new XdrException(
          "list of " + count + " items, but only " + in.remaining() + " bytes remain");
    }
    if (count == 0) {
      return List.of();
    }
    var items = new ArrayList<T>((int) count);
    for (long i = 0; i < count; i++) {
      items.add(decoder.decode(this));
    }
    return items;
  }

  /**
   * Reads the items of a linked list. A TRUE precedes each item and a FALSE ends the list (RFC 4506
   * section 4.19).
   *
   * @param countMax the maximum number of items of the schema
   */
  public <T> List<T> readLinkedList(long countMax, Decoder<T> decoder) throws XdrException {
    if (!readBoolean()) {
      return List.of();
    }
    var items = new ArrayList<T>();
    do {
      if (items.size() >= countMax) {
        throw new XdrException("linked list of more than " + countMax + " items");
      }
      items.add(decoder.decode(this));
    } while (readBoolean());
    return items;
  }

  /** Reads an optional value. Its encoding equals that of a list with at most one item. */
  public <T> @Nullable T readOptional(Decoder<T> decoder) throws XdrException {
    return readBoolean() ? decoder.decode(this) : null;
  }

  private int readLength(long bytesMax) throws XdrException {
    long length = readUint32();
    if (length > bytesMax) {
      throw new XdrException("opaque of " + length + " bytes; the limit is " + bytesMax);
    }
    if (length > in.remaining()) {
      throw truncated(length);
    }
    return (int) length;
  }

  private int requirePadded(long bytes) throws XdrException {
    long padded = (bytes + 3) & ~3L;
    if (padded > in.remaining()) {
      throw truncated(padded);
    }
    return (int) padded;
  }

  private void require(int bytes) throws XdrException {
    if (in.remaining() < bytes) {
      throw truncated(bytes);
    }
  }

  private XdrException truncated(long bytes) {
    return new XdrException(
        "message of "
            + in.limit()
            + " bytes is truncated: "
            + bytes
            + " bytes expected at byte "
            + in.position());
  }
}
