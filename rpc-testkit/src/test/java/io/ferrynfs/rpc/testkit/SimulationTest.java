package io.ferrynfs.rpc.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.StreamLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final StreamLimits STREAM =
      StreamLimits.DEFAULT.toBuilder()
          .partialRecordTimeMax(Duration.ofSeconds(20))
          .sendStallTimeMax(Duration.ofSeconds(20))
          .build();
  private static final RpcLimits LIMITS =
      RpcLimits.DEFAULT.toBuilder().stream(STREAM).callTimeMax(Duration.ofSeconds(30)).build();

  /** Replies with the number of the procedure, from a pool. */
  private static RpcServer serve(SimEnv host) throws IOException {
    Pool pool = host.pool("worker", 4, 100);
    return RpcServer.listen(
        host,
        new InetSocketAddress(2049),
        LIMITS,
        call -> pool.execute(() -> call.reply(out -> out.writeInt(call.procedure()))));
  }

  private static RpcConnection connect(Simulation world, String from, String to)
      throws ExecutionException {
    return world.await(
        RpcConnection.connect(
            world.host(from),
            new InetSocketAddress(world.host(to).address(), 2049),
            ConnectOptions.within(SECOND),
            LIMITS,
            RpcHandler.NO_PROGRAMS),
        MINUTE);
  }

  /** Calls a procedure and records the outcome. */
  private static void call(RpcConnection over, int procedure, String name, List<String> notes) {
    CompletableFuture<Void> noted =
        call(over, procedure).thenAccept(outcome -> notes.add(name + " " + outcome));
    assertThat(noted).isNotCompletedExceptionally();
  }

  private static CompletableFuture<String> call(RpcConnection over, int procedure) {
    return over.call(RpcRequest.of(7, 1, procedure, Credential.none(), out -> {}))
        .handle(SimulationTest::outcome);
  }

  private static String outcome(RpcReply reply, Throwable failure) {
    if (failure instanceof RpcException rpc) {
      return rpc.kind().name();
    }
    try (reply) {
      return String.valueOf(reply.results().rest().getInt());
    }
  }

  private static List<String> traceOf(long seed) throws Exception {
    List<String> trace = new ArrayList<>();
    Simulation world = new Simulation(seed);
    world.trace(trace::add);
    SimEnv server = world.host("server");
    serve(server);
    RpcConnection one = connect(world, "one", "server");
    RpcConnection two = connect(world, "two", "server");
    SeededRandom random = new SeededRandom(seed);
    world.faults(message ->
        random.nextInt(20) == 0
            ? new Fate.Delay(Duration.ofMillis(random.nextInt(50)), true)
            : Fate.DELIVER);
    for (int i = 0; i < 50; i++) {
      call(one, i, "one", trace);
      call(two, i, "two", trace);
    }
    world.run(Duration.ofMillis(2));
    server.kill();
    world.run(SECOND);
    serve(server.restart());
    RpcConnection again = connect(world, "one", "server");
    call(again, 99, "one", trace);
    world.run(MINUTE);
    return trace;
  }

  @Test
  void equalSeedsYieldEqualTracesAndDifferentSeedsDifferentTraces() throws Exception {
    List<String> trace = traceOf(1);
    assertThat(trace).hasSizeGreaterThan(250).contains("one 99");
    assertThat(traceOf(1)).isEqualTo(trace);
    assertThat(traceOf(2)).isNotEqualTo(trace);
  }

  @Test
  void timersFireInOrderUnlessCancelled() {
    Simulation world = new Simulation(1);
    SimEnv host = world.host("a");
    List<String> fired = new ArrayList<>();
    host.timers().schedule(Duration.ofSeconds(2), () -> fired.add("two"));
    host.timers().schedule(Duration.ofSeconds(1), () -> fired.add("one"));
    Cancellable never = host.timers().schedule(SECOND, () -> fired.add("never"));
    assertThat(never.cancel()).isTrue();
    assertThat(never.cancel()).isFalse();
    long before = host.clock().instant().toEpochMilli();
    world.run(Duration.ofSeconds(3));
    assertThat(fired).containsExactly("one", "two");
    assertThat(host.clock().instant().toEpochMilli() - before).isEqualTo(3000);
  }

  @Test
  void killedProcessRunsNoEventsAndItsPeersLoseTheirConnections() throws Exception {
    Simulation world = new Simulation(1);
    SimEnv server = world.host("server");
    serve(server);
    RpcConnection client = connect(world, "client", "server");
    List<String> fired = new ArrayList<>();
    server.timers().schedule(SECOND, () -> fired.add("timer"));
    server.pool("p", 1, 1).execute(() -> fired.add("task"));
    CompletableFuture<String> waiting = call(client, 1);
    server.kill();
    world.run(Duration.ofSeconds(2));
    assertThat(fired).isEmpty();
    assertThat(waiting).isCompletedWithValue("CONNECTION_LOST");
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void poweredOffHostIsDetectedByUnacknowledgedMessages() throws Exception {
    Simulation world = new Simulation(1);
    SimEnv server = world.host("server");
    serve(server);
    RpcConnection client = connect(world, "client", "server");
    RpcConnection idle = connect(world, "idle", "server");
    server.powerOff();
    CompletableFuture<String> waiting = call(client, 1);
    world.run(Duration.ofSeconds(19));
    assertThat(waiting).isNotDone();
    world.run(Duration.ofSeconds(2));
    assertThat(waiting).isCompletedWithValue("CONNECTION_LOST");
    assertThat(idle.isOpen()).isTrue();
    serve(server.restart());
    assertThat(world.await(call(idle, 1), SECOND)).isEqualTo("CONNECTION_LOST");
    assertThat(world.await(call(connect(world, "idle", "server"), 3), SECOND)).isEqualTo("3");
  }

  @Test
  void messageSentDuringAPartitionArrivesAfterIt() throws Exception {
    Simulation world = new Simulation(1);
    serve(world.host("server"));
    RpcConnection client = connect(world, "client", "server");
    RpcConnection other = connect(world, "other", "server");
    world.partition("client", "server");
    CompletableFuture<String> waiting = call(client, 5);
    world.run(Duration.ofSeconds(10));
    assertThat(waiting).isNotDone();
    assertThat(world.await(call(other, 6), SECOND)).isEqualTo("6");
    world.heal("client", "server");
    assertThat(world.await(waiting, SECOND)).isEqualTo("5");
  }

  @Test
  void longPartitionEndsTheConnection() throws Exception {
    Simulation world = new Simulation(1);
    RpcServer server = serve(world.host("server"));
    RpcConnection client = connect(world, "client", "server");
    world.partition("client", "server");
    CompletableFuture<String> waiting = call(client, 5);
    world.run(Duration.ofSeconds(25));
    assertThat(waiting).isCompletedWithValue("CONNECTION_LOST");
    assertThat(server.connections()).hasSize(1);
    world.heal("client", "server");
    CompletableFuture<String> back = call(server.connections().getFirst(), 1);
    assertThat(world.await(back, SECOND)).isEqualTo("CONNECTION_LOST");
    assertThat(server.connections()).isEmpty();
  }

  @Test
  void messagesAreDroppedDelayedOrOvertaken() throws Exception {
    Simulation world = new Simulation(1);
    serve(world.host("server"));
    RpcConnection client = connect(world, "client", "server");
    Duration late = Duration.ofSeconds(5);
    world.faults(message ->
        switch (message.procedure()) {
          case 1 -> Fate.DROP;
          case 2 -> new Fate.Delay(late, true);
          case 4 -> new Fate.Delay(late, false);
          default -> Fate.DELIVER;
        });
    List<String> order = new ArrayList<>();
    for (int procedure = 1; procedure <= 5; procedure++) {
      call(client, procedure, "no. " + procedure, order);
    }
    world.run(SECOND);
    assertThat(order).containsExactly("no. 3 3");
    world.run(MINUTE);
    assertThat(order)
        .containsExactlyInAnyOrder("no. 3 3", "no. 2 2", "no. 4 4", "no. 5 5", "no. 1 TIMED_OUT")
        .endsWith("no. 1 TIMED_OUT");
  }

  @Test
  void poolRejectsTasksAboveItsCapacity() {
    Simulation world = new Simulation(1);
    Pool pool = world.host("a").pool("p", 1, 2);
    List<Integer> ran = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      assertThat(pool.tryExecute(() -> ran.add(number))).isTrue();
    }
    assertThat(pool.tryExecute(() -> ran.add(9))).isFalse();
    world.run(SECOND);
    assertThat(ran).containsExactly(0, 1, 2);
    assertThat(pool.tryExecute(() -> ran.add(3))).isTrue();
    pool.close();
    assertThat(ran).containsExactly(0, 1, 2, 3);
    assertThat(pool.tryExecute(() -> ran.add(9))).isFalse();
  }
}
