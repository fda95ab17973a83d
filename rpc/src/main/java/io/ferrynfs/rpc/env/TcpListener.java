package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/** A listening socket and the thread that accepts its connections. */
final class TcpListener implements Listener, Runnable {
  /** The pause after a failed accept, which most often has run out of file descriptors. */
  private static final long PAUSE_NANOS = 20_000_000;

  private final TcpNetwork network;
  private final ServerSocketChannel socket;
  private final SocketAddress local;
  private final StreamLimits limits;
  private final Network.Acceptor acceptor;

  TcpListener(
      TcpNetwork network,
      ServerSocketChannel socket,
      StreamLimits limits,
      Network.Acceptor acceptor)
      throws IOException {
    this.network = network;
    this.socket = socket;
    this.local = socket.getLocalAddress();
    this.limits = limits;
    this.acceptor = acceptor;
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public void run() {
    while (socket.isOpen()) {
      try {
        start(socket.accept());
      } catch (IOException | OutOfMemoryError e) {
        // The JDK throws OutOfMemoryError if no thread can be started.
        if (socket.isOpen()) {
          TcpNetwork.LOG.log(System.Logger.Level.WARNING, "cannot accept a connection", e);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
    network.ended();
  }

  private void start(SocketChannel channel) throws IOException {
    try {
      String name =
          "ferry-connection-" + TcpNetwork.shortName(local) + "-" + channel.getRemoteAddress();
      network.startThread(name, () -> serve(channel), channel);
    } catch (IOException | OutOfMemoryError e) {
      channel.close();
      throw e;
    }
  }

  private void serve(SocketChannel channel) {
    try {
      TcpNetwork.run(network.open(channel, limits), acceptor);
    } catch (IOException e) {
      TcpNetwork.LOG.log(System.Logger.Level.DEBUG, "connection lost before its start", e);
      network.ended();
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      TcpNetwork.LOG.log(System.Logger.Level.DEBUG, "closing a listener", e);
    }
  }
}
