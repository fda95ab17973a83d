package io.ferrynfs.rpc;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.auth.AuthFlavors;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.Listener;
import io.ferrynfs.rpc.env.RecordStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A listener and its connections, whose number it limits. */
final class Server implements RpcServer, RpcHandler {
  private final Env env;
  private final RpcLimits limits;
  private final RpcHandler handler;

  /** The open connections, oldest first. */
  private final Set<Connection> connections = Collections.synchronizedSet(new LinkedHashSet<>());

  private final ReplyMemory memory;
  private final Listener listener;
  private volatile boolean closed;

  private Server(Env env, SocketAddress address, RpcLimits limits, RpcHandler handler)
      throws IOException {
    this.env = env;
    this.limits = limits;
    this.handler = handler;
    this.memory = new ReplyMemory(limits.replyBytesTotalMax(), this::copyOfConnections);
    this.listener = env.network().listen(address, limits.stream(), this::accepted);
  }

  static Server listen(Env env, SocketAddress address, RpcLimits limits, RpcHandler handler)
      throws IOException {
    return new Server(env, address, limits, handler);
  }

  private void accepted(RecordStream stream) {
    if (!makeRoom(host(stream.peerAddress()))) {
      Connection.LOG.log(
          System.Logger.Level.WARNING,
          "rejecting a connection of {0}: {1} are open",
          HostText.of(stream.peerAddress()),
          connections.size());
      stream.close();
      return;
    }
    Connection connection = Connection.start(env, stream, limits, memory, this);
    // Its end is reported on this thread, after this method.
    connections.add(connection);
    if (closed) {
      connection.close();
    }
  }

  /**
   * Closes a connection if there are too many. Otherwise a peer that opens connections and makes no
   * calls would lock out all others. A client whose idle connection is closed reconnects.
   */
  private boolean makeRoom(@Nullable InetAddress host) {
    Connection dispensable;
    synchronized (connections) {
      List<Connection> ofHost = connections.stream().filter(one -> isAt(one, host)).toList();
      boolean isHostFull = ofHost.size() >= limits.connectionsPerAddressMax();
      if (!isHostFull && connections.size() < limits.connectionsMax()) {
        return true;
      }
      dispensable = dispensable(isHostFull ? ofHost : connections);
      if (dispensable == null) {
        return false;
      }
      connections.remove(dispensable);
    }
    dispensable.close();
    return true;
  }

  /** Returns the oldest connection without a call, else the one that has been quiet for longest. */
  private @Nullable Connection dispensable(Collection<Connection> among) {
    Connection quietest = null;
    long longest = limits.quietTimeMin().toNanos();
    for (Connection connection : among) {
      if (!connection.hasCalled()) {
        return connection;
      }
      long quiet = connection.quietNanos();
      if (quiet >= longest) {
        longest = quiet;
        quietest = connection;
      }
    }
    return quietest;
  }

  /** Unix domain sockets have no address and do not count. */
  private static boolean isAt(Connection connection, @Nullable InetAddress host) {
    return host != null && host.equals(host(connection.peerAddress()));
  }

  private static @Nullable InetAddress host(SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
  }

  @Override
  public void handle(RpcCall call) {
    handler.handle(call);
  }

  @Override
  public AuthFlavors authFlavors() {
    return handler.authFlavors();
  }

  @Override
  public void closed(RpcConnection connection, IOException cause) {
    connections.remove(connection);
    handler.closed(connection, cause);
  }

  @Override
  public SocketAddress localAddress() {
    return listener.localAddress();
  }

  @Override
  public List<RpcConnection> connections() {
    return List.copyOf(copyOfConnections());
  }

  private List<Connection> copyOfConnections() {
    synchronized (connections) {
      return List.copyOf(connections);
    }
  }

  @Override
  public CompletableFuture<Void> shutdown(Duration timeMax) {
    closed = true;
    listener.close();
    return CompletableFuture.allOf(
        connections().stream()
            .map(connection -> connection.shutdown(timeMax))
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    closed = true;
    listener.close();
    connections().forEach(RpcConnection::close);
  }
}
