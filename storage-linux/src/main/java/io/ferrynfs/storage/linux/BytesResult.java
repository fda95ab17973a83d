package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.StorageException;

/** Bytes that the kernel gave, or an errno. */
final class BytesResult {
  private static final byte[] NONE = {};

  private final int errno;
  private final byte[] bytes;

  private BytesResult(int errno, byte[] bytes) {
    this.errno = errno;
    this.bytes = bytes;
  }

  static BytesResult of(byte[] bytes) {
    return new BytesResult(0, bytes);
  }

  static BytesResult failed(int errno) {
    return new BytesResult(errno, NONE);
  }

  /** 0 when there are bytes. */
  int errno() {
    return errno;
  }

  /** The bytes, none after an error. */
  byte[] bytes() {
    return bytes;
  }

  /** The bytes, or the exception that the errno stands for. */
  byte[] get() throws StorageException {
    if (errno != 0) {
      throw Errors.of(errno);
    }
    return bytes;
  }
}
