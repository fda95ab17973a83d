package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads XDR (RFC 4506) from a buffer.
 *
 * <p>A length or count is compared with its bound and with the bytes that remain before anything is
 * allocated for it, so that no message makes us allocate more than a small multiple of its own
 * size.
 *
 * <p>Padding bytes that are not zero are accepted: RFC 4506 section 3 has the writer make them
 * zero, and Linux, which most peers are tested against, does not look.
 */
public final class XdrReader {

  private final ByteBuffer in;

  /** Bulk data that was received elsewhere, and where in {@link #in} it is missing. */
  private final @Nullable Payload placed;

  private final int placedAt;

  /** Reads the bytes between the buffer's position and limit; the buffer's position stays. */
  public XdrReader(ByteBuffer buffer) {
    this(buffer, -1, null);
  }

  /**
   * Reads a message of which one payload was received elsewhere, so that the bytes at hand are
   * those before it and those after it.
   *
   * @param buffer the message without the payload's bytes; its padding is there
   * @param placedAt where the payload's bytes are missing, counted from the buffer's position
   * @param placed the payload
   */
  public XdrReader(ByteBuffer buffer, int placedAt, @Nullable Payload placed) {
    in = buffer.slice().order(ByteOrder.BIG_ENDIAN);
    this.placedAt = placedAt;
    this.placed = placed;
  }

  /** Reads the bytes of a value that holds XDR itself. */
  public XdrReader(Opaque bytes) {
    in = ByteBuffer.wrap(bytes.array());
    placedAt = -1;
    placed = null;
  }

  /** How one item of a list is read. */
  @FunctionalInterface
  public interface Decoder<T> {
    /** Reads one item. */
    T decode(XdrReader in) throws XdrException;
  }

  /** How many bytes have been read. */
  public int position() {
    return in.position();
  }

  /** How many bytes are left. */
  public int remaining() {
    return in.remaining();
  }

  /** The bytes that are left, as a view; the position stays. */
  public ByteBuffer rest() {
    return in.slice();
  }

  /**
   * Makes sure that the message ends here.
   *
   * @throws XdrException when bytes are left
   */
  public void expectEnd() throws XdrException {
    if (in.hasRemaining()) {
      throw new XdrException(in.remaining() + " bytes after the end");
    }
  }

  /** A signed 32-bit integer, or the raw bits of an unsigned one. */
  public int readInt() throws XdrException {
    require(4);
    return in.getInt();
  }

  /** The integer that {@link #readInt} would read next; the position stays. */
  public int peekInt() throws XdrException {
    require(4);
    return in.getInt(in.position());
  }

  /** An unsigned 32-bit integer. */
  public long readUint32() throws XdrException {
    return Integer.toUnsignedLong(readInt());
  }

  /** A 64-bit integer; of an unsigned one the raw bits. */
  public long readLong() throws XdrException {
    require(8);
    return in.getLong();
  }

  /** A boolean, which is 0 or 1 and nothing else (RFC 4506 section 4.4). */
  public boolean readBoolean() throws XdrException {
    int value = readInt();
    return switch (value) {
      case 0 -> false;
      case 1 -> true;
      default -> throw new XdrException("a boolean of value " + Integer.toUnsignedString(value));
    };
  }

  /**
   * Opaque data or a string with its length in front.
   *
   * @param bytesMax the bound of the schema
   */
  public Opaque readOpaque(long bytesMax) throws XdrException {
    return readFixedOpaque(readLength(bytesMax));
  }

  /**
   * Opaque data of a length that the schema says.
   *
   * @param bytes the length
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
   * Bulk data with its length in front, as a slice of the buffer that is read.
   *
   * @param bytesMax the bound of the schema
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
          length + " bytes where at most " + bytesMax + " may be and " + data.length() + " came");
    }
    int padding = -(int) length & 3;
    require(padding);
    in.position(in.position() + padding);
    return data;
  }

  /**
   * The items of a variable-length array.
   *
   * @param countMax the bound of the schema
   * @param itemBytesMin the fewest bytes that an item takes on the wire
   */
  public <T> List<T> readList(long countMax, int itemBytesMin, Decoder<T> decoder)
      throws XdrException {
    long count = readUint32();
    if (count > countMax) {
      throw new XdrException(count + " items in a list of at most " + countMax);
    }
    return readFixedList(count, itemBytesMin, decoder);
  }

  /**
   * The items of a fixed-length array.
   *
   * @param count how many the schema says
   * @param itemBytesMin the fewest bytes that an item takes on the wire
   */
  public <T> List<T> readFixedList(long count, int itemBytesMin, Decoder<T> decoder)
      throws XdrException {
    if (count * itemBytesMin > in.remaining()) {
      throw new XdrException(count + " items in " + in.remaining() + " bytes");
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
   * The items of a linked list: each follows a TRUE, the end is a FALSE (RFC 4506 section 4.19).
   *
   * @param countMax the bound of the schema
   */
  public <T> List<T> readLinkedList(long countMax, Decoder<T> decoder) throws XdrException {
    if (!readBoolean()) {
      return List.of();
    }
    var items = new ArrayList<T>();
    do {
      if (items.size() >= countMax) {
        throw new XdrException("more than " + countMax + " items in a linked list");
      }
      items.add(decoder.decode(this));
    } while (readBoolean());
    return items;
  }

  /** A value that may be missing: an optional, or a list of at most one item. */
  public <T> @Nullable T readOptional(Decoder<T> decoder) throws XdrException {
    return readBoolean() ? decoder.decode(this) : null;
  }

  private int readLength(long bytesMax) throws XdrException {
    long length = readUint32();
    if (length > bytesMax) {
      throw new XdrException(length + " bytes where at most " + bytesMax + " may be");
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
        "ends at byte "
            + in.limit()
            + ", but "
            + bytes
            + " more were to follow byte "
            + in.position());
  }
}
