package io.ferrynfs.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of an entry in a directory: 1 to {@value #BYTES_MAX} bytes of any encoding. A value of
 * this type is never empty, never {@code .} or {@code ..}, and has neither {@code /} nor NUL in it,
 * so that no volume needs to look again before it gives the bytes to a kernel.
 */
public final class Name implements Comparable<Name> {
  /** The longest name of any volume; a volume's own limit may be lower. */
  public static final int BYTES_MAX = 255;

  private final byte[] bytes;
  private final int hash;

  private Name(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * The name with these bytes, which are copied.
   *
   * @throws StorageException INVALID if empty, NAME_TOO_LONG, BAD_NAME for {@code .} and {@code
   *     ..}, BAD_CHARACTER if there is a {@code /} or a NUL in it
   */
  public static Name of(byte[] bytes) throws StorageException {
    if (bytes.length == 0) {
      throw new StorageException(Status.INVALID, "empty name");
    }
    if (bytes.length > BYTES_MAX) {
      throw new StorageException(Status.NAME_TOO_LONG);
    }
    if (isDots(bytes)) {
      throw new StorageException(Status.BAD_NAME, Bytes.toDisplay(bytes));
    }
    for (byte b : bytes) {
      if (b == 0 || b == '/') {
        throw new StorageException(Status.BAD_CHARACTER, Bytes.toDisplay(bytes));
      }
    }
    return new Name(bytes.clone());
  }

  /** As {@link #of(byte[])}, with the UTF-8 of a text. */
  public static Name of(String text) throws StorageException {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isDots(byte[] bytes) {
    return bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'));
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
  public int compareTo(Name other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** For people: the text if it is printable UTF-8, hexadecimal otherwise. */
  @Override
  public String toString() {
    return Bytes.toDisplay(bytes);
  }
}
