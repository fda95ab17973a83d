package io.ferrynfs.rpc.env;

import java.io.IOException;

/** A layer that secures a connection, such as TLS. */
@FunctionalInterface
public interface TransportLayer {

  /**
   * Puts the layer on a transport. Called once, on the connection's thread; must not block.
   *
   * @param below the transport to secure. Its first read returns the bytes that the peer sent
   *     directly behind the last plain record
   */
  Transport over(Transport below) throws IOException;
}
