package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;

/**
 * Bulk data of a message: the data of a READ or WRITE. {@link XdrWriter} does not copy it. An
 * implementation may therefore represent bytes that never enter this process, such as a range of a
 * file that the transport sends with sendfile(2).
 */
public interface Payload {
  /** Returns the number of bytes, which is constant. */
  int length();

  /**
   * Returns the bytes as a buffer with {@link #length()} remaining bytes and an independent
   * position.
   */
  ByteBuffer bytes();

  /**
   * Returns bulk data that is not in this process, or not in one buffer. Only code that knows where
   * the bytes are may use it: {@link #bytes()} fails.
   */
  static Payload elsewhere(int length) {
    return new ElsewherePayload(length);
  }

  /** Returns whether the bytes occupy memory of this process until the message is released. */
  default boolean isInMemory() {
    return true;
  }

  /**
   * Releases the bytes after they were sent or the message was discarded. The writer calls this
   * once for each time that the payload was written.
   */
  default void release() {}
}
