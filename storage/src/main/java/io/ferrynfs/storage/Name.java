package io.ferrynfs.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a directory entry: 1 to {@value #BYTES_MAX} bytes of any encoding. A name is never
 * empty, never {@code .} or {@code ..}, and contains neither {@code /} nor NUL, so a volume can
 * pass the bytes to a kernel without another check.
 */
public final class Name implements Comparable<Name> {
  /** The maximum length in bytes for all volumes. The limit of a volume may be lower. */
  public static final int BYTES_MAX = 255;

  private final byte[] bytes;
  private final int hash;

  private Name(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * Returns the name with the given bytes, which are copied.
   *
   * @throws StorageException INVALID if there are no bytes; NAME_TOO_LONG; BAD_NAME for {@code .}
   *     and {@code ..}; BAD_CHARACTER if the name contains {@code /} or NUL
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

  /**
   * Returns the name with the UTF-8 encoding of a text.
   *
   * @throws StorageException as {@link #of(byte[])}
   */
  public static Name of(String text) throws StorageException {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isDots(byte[] bytes) {
    return bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'));
  }

  /** Returns the length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** Returns a copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Compares the names as unsigned bytes. */
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

  /** Returns the text if it is printable UTF-8, and the bytes in hexadecimal otherwise. */
  @Override
  public String toString() {
    return Bytes.toDisplay(bytes);
  }
}
