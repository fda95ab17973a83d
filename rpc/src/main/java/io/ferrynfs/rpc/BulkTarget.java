package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the data of a reply may go without being copied: READ data straight from the socket into
 * the caller's buffer.
 *
 * <p>It is a hint. A short reply, an erroneous one, or one whose beginning does not show where the
 * data lies comes the ordinary way, as a slice of the receive buffer. The decoder sees a {@code
 * Payload} either way and can tell by the payload's buffer whether anything is left to copy.
 */
@FunctionalInterface
public interface BulkTarget {

  /**
   * Finds the data in a reply whose beginning has arrived. Runs on the connection's thread.
   *
   * <p>The caller must not touch the target until the call's future has completed: a call that is
   * being received this way cannot be cancelled or timed out until its reply is complete or the
   * connection lost.
   *
   * @param prefix the results' first bytes, just after the RPC header; read-only
   * @param resultsBytes length of all the results
   * @return the offset of the data's first byte from the results' first byte, and a buffer or sink
   *     that takes exactly as many bytes as the data's length word says (without XDR padding); or
   *     null for the ordinary way
   */
  @Nullable Placement place(ByteBuffer prefix, int resultsBytes);
}
