package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The target of the data of a reply, which is then received without a copy: READ data goes straight
 * from the socket into the caller's buffer.
 *
 * <p>The target is a hint. A short reply, an error, or a reply whose beginning does not show the
 * position of the data is received into a pooled buffer. The decoder returns a {@code Payload} in
 * both cases; its buffer shows whether a copy is necessary.
 */
@FunctionalInterface
public interface BulkTarget {

  /**
   * Finds the data in a reply whose beginning has arrived. Called on the connection's thread.
   *
   * <p>The caller must not touch the target until the call's future has completed: a call whose
   * reply is being received into its target cannot be cancelled and does not time out.
   *
   * @param prefix the first bytes of the results, behind the RPC header; read-only
   * @param resultsBytes the length of all results in bytes
   * @return the offset of the data from the start of the results, and a buffer or sink that takes
   *     exactly the number of bytes in the data's length word (without XDR padding); null to
   *     receive the data into a pooled buffer
   */
  @Nullable Placement place(ByteBuffer prefix, int resultsBytes);
}
