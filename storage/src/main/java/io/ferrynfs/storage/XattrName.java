package io.ferrynfs.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of an extended attribute in the user namespace: 1 to {@value #BYTES_MAX} bytes without
 * NUL. The name has no namespace prefix; a volume over Linux prepends {@code user.}.
 */
public final class XattrName implements Comparable<XattrName> {
  /** The maximum length in bytes for all volumes. The limit of a volume may be lower. */
  public static final int BYTES_MAX = 255;

  private final byte[] bytes;

  private XattrName(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the name with the given bytes, which are copied.
   *
   * @throws StorageException INVALID if there are no bytes; NAME_TOO_LONG; BAD_CHARACTER if the
   *     name contains NUL
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

  /**
   * Returns the name with the UTF-8 encoding of a text.
   *
   * @throws StorageException as {@link #of(byte[])}
   */
  public static XattrName of(String text) throws StorageException {
    return of(text.getBytes(StandardCharsets.UTF_8));
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

  /** Returns the text if it is printable UTF-8, and the bytes in hexadecimal otherwise. */
  @Override
  public String toString() {
    return Bytes.toDisplay(bytes);
  }
}
