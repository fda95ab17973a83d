package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Makes and accepts connections that carry ONC RPC records (RFC 5531 section 11). */
public interface Network {

  /**
   * Listens for connections.
   *
   * @param address where: an internet address, whose port 0 picks a free one, see {@link
   *     Listener#localAddress}; or, where there is one, a path in this machine's file system, where
   *     the file is left when the listener is closed
   * @param limits for each connection accepted
   * @param acceptor gets each new connection, on that connection's own thread
   * @throws IOException when the address is taken or not ours
   * @throws java.nio.channels.UnsupportedAddressTypeException when this network has no such
   *     addresses
   */
  Listener listen(SocketAddress address, StreamLimits limits, Acceptor acceptor) throws IOException;

  /**
   * Connects, without blocking.
   *
   * @param address of the peer
   * @param options time-out and local port
   * @param limits for the connection
   * @param handler learns the outcome, exactly once, on the connection's own thread
   */
  void connect(
      SocketAddress address, ConnectOptions options, StreamLimits limits, ConnectHandler handler);

  /**
   * Looks a host name up, without blocking. How long that may take nobody knows: whoever waits for
   * it bounds the time, and the look-up goes on unheard.
   *
   * @param name of a host, or an address in text
   * @return its addresses, at least one; fails with an IOException when there is none, or when too
   *     many look-ups are under way
   */
  CompletableFuture<List<InetAddress>> resolve(String name);

  /** The addresses of this machine's interfaces that are up, now; none when nobody can tell. */
  List<InterfaceAddress> interfaces();

  /** Takes connections that a listener accepted. */
  @FunctionalInterface
  interface Acceptor {

    /** Must call {@link RecordStream#start} or {@link RecordStream#close}. */
    void accepted(RecordStream stream);
  }

  /** Learns how a connect ended. */
  interface ConnectHandler {

    /** Must call {@link RecordStream#start} or {@link RecordStream#close}. */
    void connected(RecordStream stream);

    /** There is no connection. */
    void failed(IOException cause);
  }
}
