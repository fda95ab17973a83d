package io.ferrynfs.storage.linux.call;

import io.ferrynfs.storage.StorageException;

/** Bytes returned by the kernel, or an errno. */
public final class BytesResult {
  private static final byte[] NONE = {};

  private final int errno;
  private final byte[] bytes;

  private BytesResult(int errno, byte[] bytes) {
    this.errno = errno;
    this.bytes = bytes;
  }

  public static BytesResult of(byte[] bytes) {
    return new BytesResult(0, bytes);
  }

  public static BytesResult failed(int errno) {
    return new BytesResult(errno, NONE);
  }

  /** Returns the errno; 0 on success. */
  public int errno() {
    return errno;
  }

  /** Returns the bytes; empty after an error. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the bytes, or throws the exception for the errno. */
  public byte[] get() throws StorageException {
    if (errno != 0) {
      throw ErrnoStatus.of(errno);
    }
    return bytes;
  }
}
