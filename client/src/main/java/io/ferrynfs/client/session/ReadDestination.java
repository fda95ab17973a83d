package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.BulkSink;
import java.nio.ByteBuffer;

/** Where the data of a READ goes. */
public sealed interface ReadDestination {

  /**
   * Into a buffer, from its position on; what READ_PLUS says of holes too.
   *
   * @param into has room for what is asked for
   */
  record Memory(ByteBuffer into) implements ReadDestination {}

  /** To one who has means of its own. READ only. */
  non-sealed interface Taker extends ReadDestination {

    /** How much was asked for. */
    int bytesMax();

    /**
     * A reply has come, or its beginning: takes its data. What came of the data of an earlier reply
     * is void, and its sink is to refuse the rest: the call was sent again.
     *
     * @param bytes at most {@link #bytesMax}
     */
    BulkSink begin(int bytes);
  }
}
