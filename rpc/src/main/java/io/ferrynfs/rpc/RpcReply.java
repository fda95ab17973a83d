package io.ferrynfs.rpc;

import io.ferrynfs.wire.xdr.XdrReader;

/**
 * The results of a call that was accepted and executed. Its bytes live in a pooled receive buffer:
 * whoever gets the reply decodes it and then closes it, after which no payload decoded as a slice
 * may be used.
 */
public interface RpcReply extends AutoCloseable {

  /** The results. The same reader each time. */
  XdrReader results();

  /** Gives the buffer back. A second call does nothing. */
  @Override
  void close();
}
