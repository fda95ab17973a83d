package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable byte sequence, such as a filehandle, a verifier, a stateid or a name.
 *
 * <p>Strings of the protocol have this type, too. A file name may consist of arbitrary bytes (RFC
 * 8881 section 14.4), which a conversion to characters and back may not preserve.
 */
public final class Opaque {
  /** No bytes. */
  public static final Opaque EMPTY = new Opaque(new byte[0]);

  private final byte[] bytes;

  private Opaque(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Returns a value with a copy of the given bytes. */
  public static Opaque of(byte... bytes) {
    return wrap(bytes.clone());
  }

  /**
   * Returns a value with a copy of the bytes between the buffer's position and limit, without
   * moving the position.
   */
  public static Opaque of(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return wrap(bytes);
  }

  /** Returns a value with the UTF-8 bytes of a text. */
  public static Opaque ofUtf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the bytes that a string of hexadecimal digits encodes.
   *
   * @throws IllegalArgumentException if the text is not an even number of hexadecimal digits
   */
  public static Opaque ofHex(String digits) {
    return wrap(HexFormat.of().parseHex(digits));
  }

  /** Wraps the array without a copy; the caller must not change it afterwards. */
  static Opaque wrap(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Opaque(bytes);
  }

  /** Returns the number of bytes. */
  public int size() {
    return bytes.length;
  }

  /** Returns whether there are no bytes. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /**
   * Returns the byte at an index.
   *
   * @throws IndexOutOfBoundsException if not {@code 0 <= index < size()}
   */
  public byte at(int index) {
    return bytes[index];
  }

  /** Returns the bytes decoded as UTF-8, for display. Malformed bytes become U+FFFD. */
  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns the bytes as lower case hexadecimal digits. */
  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** Returns a copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Returns a read-only big-endian view of the bytes. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** Returns the array itself, for the reader and the writer of this package. */
  byte[] array() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Opaque that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /**
   * Returns the text in quotes if all bytes are printable ASCII, otherwise the hexadecimal digits.
   */
  @Override
  public String toString() {
    for (byte b : bytes) {
      if (b < ' ' || b > '~') {
        return "0x" + toHex();
      }
    }
    return '"' + utf8() + '"';
  }
}
