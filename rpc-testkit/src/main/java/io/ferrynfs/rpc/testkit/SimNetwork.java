package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.InterfaceAddress;
import io.ferrynfs.rpc.env.Listener;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.StreamLimits;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The network of a simulated process. */
final class SimNetwork implements Network {
  private static final int EPHEMERAL_PORT_MIN = 32_768;
  private static final int RESERVED_PORT_MAX = 1023;

  /** All simulated hosts are in one network, 10.0.0.0/24. */
  private static final int PREFIX_BITS = 24;

  private static final int LOOPBACK_PREFIX_BITS = 8;

  private final Simulation world;
  private final SimEnv host;
  private final Map<Integer, SimListener> listeners = new TreeMap<>();
  private final Set<SimStream> streams = new LinkedHashSet<>();
  private int nextPort = EPHEMERAL_PORT_MIN;

  SimNetwork(Simulation world, SimEnv host) {
    this.world = world;
    this.host = host;
  }

  /** A listener on a port. */
  private final class SimListener implements Listener {
    private final InetSocketAddress local;
    private final StreamLimits limits;
    private final Acceptor acceptor;

    SimListener(InetSocketAddress local, StreamLimits limits, Acceptor acceptor) {
      this.local = local;
      this.limits = limits;
      this.acceptor = acceptor;
    }

    @Override
    public InetSocketAddress localAddress() {
      return local;
    }

    @Override
    public void close() {
      listeners.remove(local.getPort(), this);
    }
  }

  @Override
  public Listener listen(SocketAddress where, StreamLimits limits, Acceptor acceptor)
      throws IOException {
    InetSocketAddress address = inet(where);
    if (world.find(host, address) != host) {
      throw new BindException(address + " is not an address of " + host.name());
    }
    int port = address.getPort() == 0 ? nextPort++ : address.getPort();
    if (listeners.containsKey(port)) {
      throw new BindException("port " + port + " is in use");
    }
    InetSocketAddress local = new InetSocketAddress(host.address(), port);
    SimListener listener = new SimListener(local, limits, acceptor);
    listeners.put(port, listener);
    return listener;
  }

  /** Returns an address of the internet. Simulated hosts have no Unix domain sockets. */
  private static InetSocketAddress inet(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return inet;
    }
    throw new UnsupportedAddressTypeException();
  }

  /** Resolves the names of hosts, and the names that {@link Simulation#name} defines. */
  @Override
  public CompletableFuture<List<InetAddress>> resolve(String name) {
    CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
    world.at(
        world.nanoTime() + world.transitNanos(),
        host,
        () -> {
          List<InetAddress> found = world.addressesOf(name);
          if (found.isEmpty()) {
            addresses.completeExceptionally(new UnknownHostException(name));
          } else {
            addresses.complete(found);
          }
        });
    return addresses;
  }

  @Override
  public List<InterfaceAddress> interfaces() {
    return List.of(
        new InterfaceAddress(InetAddress.getLoopbackAddress(), LOOPBACK_PREFIX_BITS),
        new InterfaceAddress(host.address(), PREFIX_BITS));
  }

  @Override
  public void connect(
      SocketAddress where, ConnectOptions options, StreamLimits limits, ConnectHandler handler) {
    InetSocketAddress address = inet(where);
    int port = options.reservedPort() ? RESERVED_PORT_MAX - nextPort++ % 300 : nextPort++;
    InetSocketAddress local = new InetSocketAddress(host.address(), port);
    world.at(
        world.nanoTime() + world.transitNanos(),
        host,
        () -> connectNow(local, address, options, limits, handler));
  }

  private void connectNow(
      InetSocketAddress local,
      InetSocketAddress address,
      ConnectOptions options,
      StreamLimits limits,
      ConnectHandler handler) {
    SimEnv to = world.find(host, address);
    if (to == null || to.isUnreachable() || world.isPartitioned(host.name(), to.name())) {
      world.at(
          world.nanoTime() + options.timeout().toNanos(),
          host,
          () -> handler.failed(new SocketTimeoutException("no reply from " + address)));
      return;
    }
    SimListener listener = to.isDead() ? null : to.simNetwork().listeners.get(address.getPort());
    if (listener == null) {
      world.note(host.name() + " connection refused by " + to.name() + ":" + address.getPort());
      handler.failed(new ConnectException("connection refused by " + address));
      return;
    }
    int number = world.nextConnection();
    world.note(host.name() + "->" + to.name() + " c" + number + " connected");
    SimStream ours = new SimStream(world, host, number, local, listener.local, limits);
    SimStream theirs = new SimStream(world, to, number, listener.local, local, listener.limits);
    ours.joinTo(theirs);
    theirs.joinTo(ours);
    streams.add(ours);
    to.simNetwork().streams.add(theirs);
    world.at(world.nanoTime(), to, () -> listener.acceptor.accepted(theirs));
    world.at(world.nanoTime() + world.transitNanos(), host, () -> handler.connected(ours));
  }

  void ended(SimStream stream) {
    streams.remove(stream);
  }

  void hostEnded(boolean isNoticed) {
    listeners.clear();
    for (SimStream stream : all()) {
      stream.hostEnded(isNoticed);
    }
    if (isNoticed) {
      streams.clear();
    }
  }

  /** Resets the connections of the previous process when its peers send to them. */
  void hostRestarted() {
    for (SimStream stream : all()) {
      stream.hostEnded(true);
    }
    streams.clear();
  }

  void deliverWaiting() {
    for (SimStream stream : all()) {
      stream.deliverWaiting();
    }
  }

  private List<SimStream> all() {
    return new ArrayList<>(streams);
  }
}
