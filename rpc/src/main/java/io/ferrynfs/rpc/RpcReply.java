package io.ferrynfs.rpc;

import io.ferrynfs.wire.xdr.XdrReader;

/**
 * The results of a call that was executed. They are in a pooled receive buffer: the receiver
 * decodes them and closes the reply, after which no payload decoded from it may be used.
 */
public interface RpcReply extends AutoCloseable {

  /** Returns the reader of the results, the same each time. */
  XdrReader results();

  /** Returns the buffer to the pool. A second call has no effect. */
  @Override
  void close();
}
