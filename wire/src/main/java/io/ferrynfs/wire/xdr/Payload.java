package io.ferrynfs.wire.xdr;

import java.nio.ByteBuffer;

/**
 * Bulk data of a message: the body of a READ or WRITE. {@link XdrWriter} takes it as it is, so that
 * an implementation may stand for bytes that never enter this process, such as a part of a file
 * that the transport sends by itself.
 */
public interface Payload {
  /** The number of bytes; it does not change. */
  int length();

  /** The bytes: a buffer of {@link #length()} remaining bytes, with a position of its own. */
  ByteBuffer bytes();

  /**
   * Bulk data that is not in this process, or not in one piece. Who knows where asks nobody for the
   * bytes.
   */
  static Payload elsewhere(int length) {
    return new ElsewherePayload(length);
  }

  /** Whether the bytes take memory of this process for as long as a message needs them. */
  default boolean isInMemory() {
    return true;
  }

  /**
   * Says that no message needs the bytes any more: they were sent, or the message was dropped.
   * Called once for each time that the payload was written.
   */
  default void release() {}
}
