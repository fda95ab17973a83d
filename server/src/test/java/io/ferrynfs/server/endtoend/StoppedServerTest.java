package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.rpc.env.InterfaceAddress;
import io.ferrynfs.rpc.env.Listener;
import io.ferrynfs.rpc.env.Network;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.rpc.env.StreamLimits;
import io.ferrynfs.rpc.env.Ticker;
import io.ferrynfs.rpc.env.Timers;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.ClientKey;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A server that listens late after its start, or is stopped as by SIGSTOP. Its clients lose no time
 * for what they could not send (RFC 8881 sections 8.3 and 8.4.2.1).
 */
class StoppedServerTest {
  private static final Duration STOP = Duration.ofMinutes(10);

  /** Returns a server whose client has a file open and is then partitioned from it. */
  private static RestartWorld withAPartitionedClient() throws Exception {
    RestartWorld world = new RestartWorld(7);
    NfsClient client = world.connect("client");
    world.make(client, "/f", new byte[10]);
    assertThat(world.server().stateidCount()).isEqualTo(1);
    world.world.partition("client", "server");
    return world;
  }

  @Test
  void leaseIsExtendedByTheTimeOfTheStop() throws Exception {
    RestartWorld world = withAPartitionedClient();
    world.world.run(Duration.ofSeconds(10));
    world.world.host("server").pause(STOP);
    world.world.run(STOP.plusSeconds(5));
    assertThat(world.server().stateidCount()).as("15 of 20 s have passed").isEqualTo(1);
    world.world.run(Duration.ofSeconds(10));
    assertThat(world.server().stateidCount()).isZero();
  }

  @Test
  void gracePeriodIsExtendedByTheTimeOfTheStop() throws Exception {
    RestartWorld world = withAPartitionedClient();
    world.killIn(Duration.ofSeconds(1), Duration.ofSeconds(1));
    world.world.run(Duration.ofSeconds(7));
    assertThat(world.server().clientsAwaited()).isEqualTo(1);
    world.world.host("server").pause(STOP);
    world.world.run(STOP.plusSeconds(10));
    assertThat(world.server().clientsAwaited()).as("15 of 20 s have passed").isEqualTo(1);
    world.world.run(Duration.ofSeconds(6));
    assertThat(world.server().clientsAwaited()).isZero();
  }

  @Test
  void gracePeriodBeginsWhenTheServerListens() throws Exception {
    Simulation world = new Simulation(8);
    MemoryClientRegistry registry = new MemoryClientRegistry();
    Map<ClientKey, Integer> known = new HashMap<>();
    known.put(new ClientKey(Opaque.ofUtf8("client"), 1, "0"), 15);
    registry.write(known);
    Env env = new LateListener(world.host("server"), () -> world.run(Duration.ofSeconds(8)));
    try (NfsServer server =
        NfsServer.builder(env)
            .listen(new InetSocketAddress(2049))
            .limits(ServerLimits.builder().leaseSeconds(15).build())
            .clientRegistry(registry)
            .export("/", MemoryVolume.builder("late", world::instant).build())
            .start()) {
      world.run(Duration.ofMillis(14_999));
      assertThat(server.clientsAwaited()).isEqualTo(1);
      world.run(Duration.ofMillis(2));
      assertThat(server.clientsAwaited()).isZero();
    }
  }

  /** An environment that runs a task before the port opens. */
  private record LateListener(Env env, Runnable before) implements Env {
    @Override
    public Ticker ticker() {
      return env.ticker();
    }

    @Override
    public InstantSource clock() {
      return env.clock();
    }

    @Override
    public Timers timers() {
      return env.timers();
    }

    @Override
    public RandomSource random() {
      return env.random();
    }

    @Override
    public Pool pool(String name, int threadsMax, int queuedMax) {
      return env.pool(name, threadsMax, queuedMax);
    }

    @Override
    public Network network() {
      Network network = env.network();
      return new Network() {
        @Override
        public Listener listen(SocketAddress address, StreamLimits limits, Acceptor acceptor)
            throws IOException {
          before.run();
          return network.listen(address, limits, acceptor);
        }

        @Override
        public void connect(
            SocketAddress address,
            ConnectOptions options,
            StreamLimits limits,
            ConnectHandler handler) {
          network.connect(address, options, limits, handler);
        }

        @Override
        public CompletableFuture<List<InetAddress>> resolve(String name) {
          return network.resolve(name);
        }

        @Override
        public List<InterfaceAddress> interfaces() {
          return network.interfaces();
        }
      };
    }
  }
}
