package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Opens and accepts connections that carry ONC RPC records (RFC 5531 section 11). */
public interface Network {

  /**
   * Listens for connections.
   *
   * @param address the local address: an internet address, whose port 0 selects a free port (see
   *     {@link Listener#localAddress}), or the path of a Unix domain socket, whose file remains
   *     when the listener is closed
   * @param limits the limits of each accepted connection
   * @param acceptor receives each new connection, on the thread of that connection
   * @throws IOException if the address is in use or not one of this machine
   * @throws java.nio.channels.UnsupportedAddressTypeException if this network does not have such
   *     addresses
   */
  Listener listen(SocketAddress address, StreamLimits limits, Acceptor acceptor) throws IOException;

  /**
   * Connects without blocking.
   *
   * @param address the peer
   * @param options time-out and local port
   * @param limits the limits of the connection
   * @param handler receives the outcome, exactly once, on the thread of the connection
   */
  void connect(
      SocketAddress address, ConnectOptions options, StreamLimits limits, ConnectHandler handler);

  /**
   * Looks up a host name without blocking. The lookup has no time-out and cannot be stopped: the
   * caller sets a time-out of its own.
   *
   * @param name a host name or a literal address
   * @return the addresses, at least one; fails with an IOException if there is none, or if too many
   *     lookups are pending
   */
  CompletableFuture<List<InetAddress>> resolve(String name);

  /** Returns the addresses of this machine's interfaces that are up; none if they are unknown. */
  List<InterfaceAddress> interfaces();

  /** Receives the connections of a listener. */
  @FunctionalInterface
  interface Acceptor {

    /** Receives a connection, on which it calls {@link RecordStream#start} or close. */
    void accepted(RecordStream stream);
  }

  /** Receives the outcome of a connect. */
  interface ConnectHandler {

    /** Receives the connection, on which it calls {@link RecordStream#start} or close. */
    void connected(RecordStream stream);

    /** Receives the failure. */
    void failed(IOException cause);
  }
}
