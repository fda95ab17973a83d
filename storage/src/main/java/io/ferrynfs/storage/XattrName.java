package io.ferrynfs.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of an extended attribute that users may set: 1 to {@value #BYTES_MAX} bytes, any but
 * NUL. There is no namespace prefix in it; a volume over Linux puts {@code user.} in front.
 */
public final class XattrName implements Comparable<XattrName> {
  /** The longest name of any volume; a volume's own limit may be lower. */
  public static final int BYTES_MAX = 255;

  private final byte[] bytes;

  private XattrName(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The name with these bytes, which are copied.
   *
   * @throws StorageException INVALID if empty, NAME_TOO_LONG, BAD_CHARACTER if there is a NUL in it
   */
  public static XattrName of(byte[] bytes) throws StorageException {
    if (bytes.length == 0) {
      throw new StorageException(Status.INVALID, "empty name");
    }
    if (bytes.length > BYTES_MAX) {
      throw new StorageException(Status.NAME_TOO_LONG);
    }
    for (byte b : bytes) {
      if (b == 0) {
        throw new StorageException(Status.BAD_CHARACTER, Bytes.toDisplay(bytes));
      }
    }
    return new XattrName(bytes.clone());
  }

  /** As {@link #of(byte[])}, with the UTF-8 of a text. */
  public static XattrName of(String text) throws StorageException {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Orders by unsigned bytes. */
  @Override
  public int compareTo(XattrName other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof XattrName name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: the text if it is printable UTF-8, hexadecimal otherwise. */
  @Override
  public String toString() {
    return Bytes.toDisplay(bytes);
  }
}
