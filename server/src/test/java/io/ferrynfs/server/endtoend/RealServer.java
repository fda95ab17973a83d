package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A server of a memory volume on loopback, and a client that shows that it answers. */
final class RealServer implements AutoCloseable {
  private static final long WAIT_NANOS_MAX = 20_000_000_000L;

  private final SystemEnv env = new SystemEnv();
  private final SystemEnv clientEnv = new SystemEnv();
  private final MemoryVolume volume;
  private final NfsServer server;
  private final NfsClient witness;

  RealServer(RpcLimits transport, ServerLimits limits) throws IOException {
    this(transport, limits, MemoryVolume.builder("real", InstantSource.system()).build());
  }

  /** With a volume of the test's. */
  RealServer(RpcLimits transport, ServerLimits limits, MemoryVolume volume) throws IOException {
    this.volume = volume;
    server =
        NfsServer.builder(env)
            .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .transport(transport)
            .limits(limits)
            .export("/", volume)
            .start();
    witness = connect(clientEnv);
  }

  NfsServer server() {
    return server;
  }

  MemoryVolume volume() {
    return volume;
  }

  InetSocketAddress address() {
    return server.localAddress();
  }

  /** A client that is there from the beginning and does what others must not hinder. */
  NfsClient witness() {
    return witness;
  }

  /** Another client, with threads of its own. */
  NfsClient connect(SystemEnv threads) throws NfsException {
    return NfsClient.builder()
        .env(threads)
        .user(0, 0, List.of())
        .connect(address().getHostString(), address().getPort());
  }

  RawPeer raw() throws IOException {
    return new RawPeer(address());
  }

  /** The server answers. */
  void expectAnswer() throws NfsException {
    assertThat(witness.attributes(NfsPath.ROOT).isDirectory()).isTrue();
  }

  /** Calls the server until something is so, which must be soon; each call must be answered. */
  void callUntil(String what, BooleanSupplier isSo) throws NfsException {
    long began = env.ticker().nanoTime();
    while (!isSo.getAsBoolean()) {
      assertThat(env.ticker().nanoTime() - began).as(what).isLessThan(WAIT_NANOS_MAX);
      expectAnswer();
    }
  }

  /** Only the witness is connected. */
  void expectOnlyWitness() throws NfsException {
    callUntil("the connections end", () -> server.connectionCount() == 1);
  }

  /** Memory in use, heap and direct buffers, as exactly as can be said. */
  static long memoryBytes() {
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return direct + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Override
  public void close() {
    witness.close();
    server.close();
    clientEnv.close();
    env.close();
  }
}
