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

/** A server of a memory volume on loopback, and a client that verifies that the server answers. */
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

  /** Starts a server of this volume. */
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

  /** Returns a client that is connected from the start and must always be served. */
  NfsClient witness() {
    return witness;
  }

  /** Connects another client with its own threads. */
  NfsClient connect(SystemEnv threads) throws NfsException {
    return NfsClient.builder()
        .env(threads)
        .user(0, 0, List.of())
        .connect(address().getHostString(), address().getPort());
  }

  RawPeer raw() throws IOException {
    return new RawPeer(address());
  }

  /** Expects that the server answers. */
  void expectAnswer() throws NfsException {
    assertThat(witness.attributes(NfsPath.ROOT).isDirectory()).isTrue();
  }

  /** Calls the server until the condition holds, which must be soon; every call must succeed. */
  void callUntil(String what, BooleanSupplier condition) throws NfsException {
    long began = env.ticker().nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(env.ticker().nanoTime() - began).as(what).isLessThan(WAIT_NANOS_MAX);
      expectAnswer();
    }
  }

  /** Expects that only the witness is connected. */
  void expectOnlyWitness() throws NfsException {
    callUntil("the connections end", () -> server.connectionCount() == 1);
  }

  /** Returns the memory in use in bytes, heap and direct buffers, after a garbage collection. */
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
