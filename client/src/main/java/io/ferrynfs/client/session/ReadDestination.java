package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.BulkSink;
import java.nio.ByteBuffer;

/** The destination of the data of a READ. */
public sealed interface ReadDestination {

  /**
   * A buffer, from its position on. Holes that READ_PLUS returns become zeros.
   *
   * @param into has room for the requested bytes
   */
  record Memory(ByteBuffer into) implements ReadDestination {}

  /** A receiver that stores the data itself. READ only. */
  non-sealed interface Taker extends ReadDestination {

    /** Returns the number of requested bytes. */
    int bytesMax();

    /**
     * Returns a sink for the data of a reply that has begun to arrive. The data of an earlier reply
     * is void, because the call was sent again; its sink must reject the rest.
     *
     * @param bytes at most {@link #bytesMax}
     */
    BulkSink begin(int bytes);
  }
}
