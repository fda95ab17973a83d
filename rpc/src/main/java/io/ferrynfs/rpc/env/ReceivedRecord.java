package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.Payload;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record that was received. Its bytes live in a pooled buffer, which goes back when the owner
 * calls {@link #release}; nothing decoded as a slice of it may be used afterwards.
 */
public interface ReceivedRecord {

  /**
   * The bytes, without the region that was placed elsewhere. The same object each time; its
   * position and limit are the owner's.
   */
  ByteBuffer bytes();

  /** Where in {@link #bytes} the placed region was cut out; negative when there is none. */
  int placedAt();

  /** The placed region, or null. */
  @Nullable Payload placed();

  /** Gives the buffer back. Called exactly once; a second call is refused by an exception. */
  void release();
}
