package io.ferrynfs.rpc.env;

import java.net.SocketAddress;

/** A listening socket. */
public interface Listener extends AutoCloseable {

  /** Returns the local address, with the actual port if it has one. */
  SocketAddress localAddress();

  /** Stops listening. Accepted connections are not affected. */
  @Override
  void close();
}
