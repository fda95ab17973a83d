package io.ferrynfs.storage;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The identifier of an object in a volume: 1 to {@value #BYTES_MAX} bytes that are opaque to
 * everyone but the volume.
 *
 * <p>An object has one handle during its whole life, regardless of the name that led to it. The
 * handle survives a rename, and it survives closing and opening the volume. The handle of a removed
 * object is never assigned to another object. Peers send handles back, so a volume must expect
 * arbitrary bytes.
 */
public final class Handle {
  /** The maximum length in bytes. It leaves 32 of the 128 bytes of a filehandle to the server. */
  public static final int BYTES_MAX = 96;

  private final byte[] bytes;
  private final int hash;

  private Handle(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * Returns the handle with the given bytes, which are copied.
   *
   * @throws StorageException BAD_HANDLE if there are no bytes or more than {@value #BYTES_MAX}
   */
  public static Handle of(byte[] bytes) throws StorageException {
    if (bytes.length == 0 || bytes.length > BYTES_MAX) {
      throw new StorageException(Status.BAD_HANDLE, bytes.length + " bytes");
    }
    return new Handle(bytes.clone());
  }

  /** Returns the length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** Returns a copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Handle handle && Arrays.equals(bytes, handle.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Returns the bytes in hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
