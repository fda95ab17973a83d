package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A received record. Its bytes are in a pooled buffer until the owner calls {@link #release}; no
 * slice of the buffer may be used afterwards.
 */
public interface ReceivedRecord {

  /**
   * Returns the bytes without the placed region. The buffer is the same each time; its position and
   * limit belong to the owner.
   */
  ByteBuffer bytes();

  /** Returns the offset in {@link #bytes} where the placed region belongs; negative if none. */
  int placedAt();

  /** Returns the placed region, or null. */
  @Nullable Payload placed();

  /** Returns the buffer to the pool. Called exactly once; a second call throws an exception. */
  void release();
}
