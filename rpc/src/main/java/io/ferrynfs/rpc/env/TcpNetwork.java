package io.ferrynfs.rpc.env;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** TCP and Unix domain sockets, with one thread per connection and per listener. */
final class TcpNetwork implements Network, AutoCloseable {
  static final System.Logger LOG = System.getLogger("io.ferrynfs.rpc");

  /** The stack size of threads, in bytes: enough for the deepest call; unused pages are free. */
  private static final long STACK_BYTES = 512 << 10;

  private static final int BACKLOG = 1024;
  private static final int RESERVED_PORT_MIN = 665;
  private static final int RESERVED_PORT_MAX = 1023;

  private final Ticker ticker;
  private final Timers timers;
  private final RandomSource random;
  private final Executor lenders;
  private final Executor resolvers;
  private final BufferPool buffers;
  private final Map<Thread, AutoCloseable> threads = new ConcurrentHashMap<>();
  private volatile boolean closed;

  TcpNetwork(
      Ticker ticker,
      Timers timers,
      RandomSource random,
      Executor lenders,
      Executor resolvers,
      BufferPool buffers) {
    this.ticker = ticker;
    this.timers = timers;
    this.random = random;
    this.lenders = lenders;
    this.resolvers = resolvers;
    this.buffers = buffers;
  }

  Ticker ticker() {
    return ticker;
  }

  Timers timers() {
    return timers;
  }

  Executor lenders() {
    return lenders;
  }

  BufferPool buffers() {
    return buffers;
  }

  @Override
  public Listener listen(SocketAddress address, StreamLimits limits, Acceptor acceptor)
      throws IOException {
    ServerSocketChannel socket =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    try {
      socket.bind(address, BACKLOG);
      TcpListener listener = new TcpListener(this, socket, limits, acceptor);
      startThread("ferry-listen-" + shortName(listener.localAddress()), listener, listener);
      return listener;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void connect(
      SocketAddress address, ConnectOptions options, StreamLimits limits, ConnectHandler handler) {
    String name = "ferry-connection-" + address;
    startThread(name, () -> runConnection(address, options, limits, handler), () -> {});
  }

  @Override
  public CompletableFuture<List<InetAddress>> resolve(String name) {
    CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
    try {
      resolvers.execute(() -> {
        try {
          addresses.complete(List.of(InetAddress.getAllByName(name)));
        } catch (IOException | RuntimeException e) {
          addresses.completeExceptionally(e);
        }
      });
    } catch (RejectedExecutionException full) {
      addresses.completeExceptionally(new IOException("too many lookups are pending", full));
    }
    return addresses;
  }

  @Override
  public List<InterfaceAddress> interfaces() {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(TcpNetwork::isUp)
          .flatMap(each -> each.getInterfaceAddresses().stream())
          .map(each -> new InterfaceAddress(each.getAddress(), each.getNetworkPrefixLength()))
          .toList();
    } catch (SocketException e) {
      LOG.log(System.Logger.Level.WARNING, "the interfaces of this machine are not known", e);
      return List.of();
    }
  }

  private static boolean isUp(NetworkInterface each) {
    try {
      return each.isUp();
    } catch (SocketException gone) {
      return false;
    }
  }

  /** Returns a short form of an address for the names of threads. */
  static String shortName(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? String.valueOf(inet.getPort())
        : String.valueOf(address);
  }

  private void runConnection(
      SocketAddress address, ConnectOptions options, StreamLimits limits, ConnectHandler handler) {
    TcpStream stream;
    try {
      SocketChannel channel =
          address instanceof UnixDomainSocketAddress local
              ? open(local, options)
              : open((InetSocketAddress) address, options);
      stream = open(channel, limits);
    } catch (IOException | RuntimeException e) {
      threads.remove(Thread.currentThread());
      handler.failed(e instanceof IOException io ? io : new IOException("cannot connect", e));
      return;
    }
    run(stream, handler::connected);
  }

  private SocketChannel open(InetSocketAddress address, ConnectOptions options) throws IOException {
    InetSocketAddress resolved =
        address.isUnresolved()
            ? new InetSocketAddress(address.getHostString(), address.getPort())
            : address;
    if (resolved.isUnresolved()) {
      throw new UnknownHostException(address.getHostString());
    }
    int timeoutMillis = Math.clamp(options.timeout().toMillis(), 1, Integer.MAX_VALUE);
    SocketChannel channel = SocketChannel.open();
    try {
      closedFirst(channel);
      if (options.reservedPort()) {
        bindReserved(channel);
      }
      channel.socket().connect(resolved, timeoutMillis);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Connects to a Unix domain socket, which blocks only while the listener's backlog is full. */
  private SocketChannel open(UnixDomainSocketAddress address, ConnectOptions options)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Cancellable deadline = timers.schedule(options.timeout(), () -> closeQuietly(channel));
    try {
      closedFirst(channel);
      channel.connect(address);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    } finally {
      deadline.cancel();
    }
  }

  private void closedFirst(SocketChannel channel) throws IOException {
    threads.put(Thread.currentThread(), channel);
    if (closed) {
      throw new IOException("network closed");
    }
  }

  /** Binds to a free port below 1024, if this process is allowed to. */
  private void bindReserved(SocketChannel channel) {
    int count = RESERVED_PORT_MAX - RESERVED_PORT_MIN + 1;
    int first = random.nextInt(count);
    for (int i = 0; i < count; i++) {
      try {
        channel.bind(new InetSocketAddress(RESERVED_PORT_MIN + (first + i) % count));
        return;
      } catch (BindException taken) {
        LOG.log(System.Logger.Level.TRACE, "reserved port taken", taken);
      } catch (SocketException notAllowed) {
        return;
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Creates the stream of a connected channel; the calling thread will be its reader. */
  TcpStream open(SocketChannel channel, StreamLimits limits) throws IOException {
    try {
      TcpStream stream = new TcpStream(this, channel, limits);
      threads.put(Thread.currentThread(), stream);
      if (closed) {
        stream.close();
      }
      return stream;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Makes the calling thread the stream's reader until the connection ends. */
  static void run(TcpStream stream, Acceptor acceptor) {
    try {
      acceptor.accepted(stream);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "connection not taken", e);
      stream.close(new IOException("connection not taken", e));
    }
    stream.run();
  }

  /** Starts a thread that {@link #close} waits for. */
  void startThread(String name, Runnable body, AutoCloseable closedFirst) {
    Thread thread = new Thread(null, body, name, STACK_BYTES);
    thread.setDaemon(true);
    threads.put(thread, closedFirst);
    thread.start();
  }

  /** Removes the calling thread, which is about to end. */
  void ended() {
    threads.remove(Thread.currentThread());
  }

  /** Closes all listeners and connections, and waits for their threads. */
  @Override
  public void close() {
    closed = true;
    threads.forEach((thread, closeable) -> closeQuietly(closeable));
    for (Thread thread : threads.keySet()) {
      if (thread != Thread.currentThread()) {
        SystemEnv.join(thread);
      }
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "closing", e);
    }
  }
}
