package io.ferrynfs.storage;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a volume calls an object by: 1 to {@value #BYTES_MAX} bytes that mean nothing to anyone
 * else.
 *
 * <p>One object has one handle, whichever of its names led to it, for as long as it exists: after a
 * rename, and after the volume was closed and opened again. The handle of an object that is gone is
 * never given to another object. Handles come back from peers, so any bytes must be expected in
 * them.
 */
public final class Handle {
  /** The longest handle; leaves a server 32 of the 128 bytes of a filehandle for its own. */
  public static final int BYTES_MAX = 96;

  private final byte[] bytes;
  private final int hash;

  private Handle(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * The handle with these bytes, which are copied.
   *
   * @throws StorageException BAD_HANDLE if there are none or more than {@value #BYTES_MAX}
   */
  public static Handle of(byte[] bytes) throws StorageException {
    if (bytes.length == 0 || bytes.length > BYTES_MAX) {
      throw new StorageException(Status.BAD_HANDLE, bytes.length + " bytes");
    }
    return new Handle(bytes.clone());
  }

  /** The length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** A copy of the bytes. */
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

  /** The bytes in hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
