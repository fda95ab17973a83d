package io.ferrynfs.rpc.env;

import java.net.SocketAddress;

/** A listening socket. */
public interface Listener extends AutoCloseable {

  /** The address, with the actual port if it has one. */
  SocketAddress localAddress();

  /** Stops listening. Connections already accepted go on. */
  @Override
  void close();
}
