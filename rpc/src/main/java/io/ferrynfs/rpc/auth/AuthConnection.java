package io.ferrynfs.rpc.auth;

import io.ferrynfs.rpc.env.TransportLayer;

/** The connection of an {@link Authenticator}. */
public interface AuthConnection {

  /** Returns the other end as it is now. */
  RpcPeer peer();

  /**
   * Secures the connection: the records that were queued before leave as before, and all bytes
   * after them pass through the layer (RFC 9289 section 4.1). In the other direction the layer
   * begins with the next byte behind the record in hand. Called on the connection's thread.
   */
  void secure(TransportLayer layer);
}
