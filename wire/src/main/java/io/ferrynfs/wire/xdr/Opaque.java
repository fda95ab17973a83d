package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes: filehandles, verifiers, stateids, names.
 *
 * <p>Strings of the protocol are of this type too. A file name is whatever bytes the file system
 * has (RFC 8881 section 14.4), and turning it into characters and back may lose it.
 */
public final class Opaque {
  /** No bytes. */
  public static final Opaque EMPTY = new Opaque(new byte[0]);

  private final byte[] bytes;

  private Opaque(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the given bytes. */
  public static Opaque of(byte... bytes) {
    return wrap(bytes.clone());
  }

  /** A copy of the bytes between the buffer's position and limit; the position stays. */
  public static Opaque of(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return wrap(bytes);
  }

  /** The UTF-8 bytes of a text. */
  public static Opaque ofUtf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The bytes that a row of hexadecimal digits stands for.
   *
   * @throws IllegalArgumentException when the text is not an even number of hexadecimal digits
   */
  public static Opaque ofHex(String digits) {
    return wrap(HexFormat.of().parseHex(digits));
  }

  /** Takes the array over; nobody may change it afterwards. */
  static Opaque wrap(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Opaque(bytes);
  }

  /** The number of bytes. */
  public int size() {
    return bytes.length;
  }

  /** Whether there are no bytes. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /**
   * The byte at an index.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
   */
  public byte at(int index) {
    return bytes[index];
  }

  /** The bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD, so this is for people to read. */
  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The bytes as lower case hexadecimal digits. */
  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** A read-only view of the bytes, big-endian. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** The array itself, for the reader and writer of this package. */
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

  /** The text in quotes when all of it is printable ASCII, else the hexadecimal digits. */
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
