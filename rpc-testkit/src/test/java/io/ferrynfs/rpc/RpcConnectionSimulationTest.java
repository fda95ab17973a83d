package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.RpcException.Kind;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.Payload;
import io.ferrynfs.wire.xdr.XdrException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RpcConnectionSimulationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final RpcLimits LIMITS =
      RpcLimits.DEFAULT.toBuilder().callTimeMax(Duration.ofSeconds(10)).build();

  private final Simulation world = new Simulation(42);
  private final SimEnv serverHost = world.host("server");
  private final SimEnv clientHost = world.host("client");
  private final Echo serving = new Echo();
  private final Echo calledBack = new Echo();
  private final List<IOException> serverEnds = new ArrayList<>();

  private RpcServer server;
  private RpcConnection client;

  RpcConnectionSimulationTest() throws Exception {
    server = RpcServer.listen(serverHost, any(2049), LIMITS, handlerNotingEnds());
    client = connect();
  }

  @BeforeEach
  void setUp() {
    assertThat(client.isOpen()).isTrue();
  }

  private RpcHandler handlerNotingEnds() {
    return new RpcHandler() {
      @Override
      public void handle(RpcCall call) {
        serving.handle(call);
      }

      @Override
      public void closed(RpcConnection connection, IOException cause) {
        serverEnds.add(cause);
      }
    };
  }

  private static InetSocketAddress any(int port) {
    return new InetSocketAddress(port);
  }

  private RpcConnection connect() throws ExecutionException {
    return connect(LIMITS);
  }

  private RpcConnection connect(RpcLimits limits) throws ExecutionException {
    return world.await(
        RpcConnection.connect(
            clientHost,
            InetSocketAddress.createUnresolved("server", 2049),
            ConnectOptions.within(SECOND),
            limits,
            calledBack),
        MINUTE);
  }

  private String echo(RpcConnection over, int procedure, String text) throws ExecutionException {
    return Echo.text(world.await(over.call(Echo.request(procedure, text)), MINUTE));
  }

  private @Nullable Kind failure(CompletableFuture<RpcReply> call) {
    try {
      world.await(call, MINUTE).close();
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof RpcException rpc ? rpc.kind() : null;
    }
  }

  @Test
  void callReturnsItsReply() throws ExecutionException {
    assertThat(echo(client, Echo.ECHO, "hello")).isEqualTo("hello");
    assertThat(clientHost.recordsHeld()).isZero();
    assertThat(serverHost.recordsHeld()).isZero();
  }

  @Test
  void serverCallsTheClientOnTheSameConnection() throws ExecutionException {
    RpcConnection back = server.connections().getFirst();
    assertThat(echo(back, Echo.ECHO, "back")).isEqualTo("back");
    assertThat(echo(client, Echo.ECHO, "forth")).isEqualTo("forth");
    assertThat(server.connections()).containsExactly(back);
  }

  @Test
  void repliesMayArriveInAnyOrder() throws ExecutionException {
    CompletableFuture<RpcReply> one = client.call(Echo.request(Echo.LATER, "one"));
    CompletableFuture<RpcReply> two = client.call(Echo.request(Echo.LATER, "two"));
    CompletableFuture<RpcReply> three = client.call(Echo.request(Echo.ECHO, "three"));
    assertThat(Echo.text(world.await(three, SECOND))).isEqualTo("three");
    serving.answer(true);
    assertThat(Echo.text(world.await(two, SECOND))).isEqualTo("two");
    assertThat(one).isNotDone();
    serving.answer(false);
    assertThat(Echo.text(world.await(one, SECOND))).isEqualTo("one");
    assertThat(client.callsOutgoing()).isZero();
  }

  @Test
  void eachRejectionFailsWithItsKind() {
    RpcRequest good = Echo.request(Echo.ECHO, "x");
    assertThat(failure(client.call(good))).isNull();
    assertThat(failure(client.call(RpcRequest.of(1, 1, 1, Credential.none(), good.arguments()))))
        .isEqualTo(Kind.PROG_UNAVAIL);
    assertThat(
            failure(
                client.call(
                    RpcRequest.of(Echo.PROGRAM, 9, 1, Credential.none(), good.arguments()))))
        .isEqualTo(Kind.PROG_MISMATCH);
    assertThat(failure(client.call(Echo.request(99, "x")))).isEqualTo(Kind.PROC_UNAVAIL);
    assertThat(failure(client.call(Echo.request(Echo.BROKEN, "x")))).isEqualTo(Kind.SYSTEM_ERR);
    RpcRequest empty =
        RpcRequest.of(Echo.PROGRAM, Echo.VERSION, Echo.ECHO, Credential.none(), out -> {});
    assertThat(failure(client.call(empty))).isEqualTo(Kind.GARBAGE_ARGS);
    assertThat(serverHost.recordsHeld()).isZero();
  }

  @Test
  void callWithArgumentsThatCannotBeEncodedFails() {
    RpcRequest broken = RpcRequest.of(1, 1, 1, Credential.none(), out -> out.writeUint32(-1));
    assertThat(failure(client.call(broken))).isEqualTo(Kind.NOT_ENCODABLE);
    assertThat(client.callsOutgoing()).isZero();
  }

  @Test
  void serverReceivesThePrincipal() throws ExecutionException {
    Credential sys = new Credential.Sys(3, Opaque.ofUtf8("m"), 1000, 100, List.of(4L, 24L));
    RpcRequest request = RpcRequest.of(Echo.PROGRAM, Echo.VERSION, Echo.WHO, sys, out -> {});
    assertThat(Echo.text(world.await(client.call(request), SECOND))).isEqualTo(sys.toString());
  }

  @Test
  void callWithoutAReplyTimesOutAndItsLateReplyIsIgnored() throws ExecutionException {
    CompletableFuture<RpcReply> call = client.call(Echo.request(Echo.LATER, "x"));
    world.run(Duration.ofMillis(9_990));
    assertThat(call).isNotDone();
    world.run(Duration.ofMillis(20));
    assertThat(failure(call)).isEqualTo(Kind.TIMED_OUT);
    serving.answer(true);
    world.run(SECOND);
    assertThat(client.repliesUnmatched()).isEqualTo(1);
    assertThat(echo(client, Echo.ECHO, "still there")).isEqualTo("still there");
    assertThat(clientHost.recordsHeld()).isZero();
  }

  @Test
  void callsTimeOutInTheOrderOfTheirDeadlines() {
    List<String> order = new ArrayList<>();
    List<CompletableFuture<RpcReply>> calls = new ArrayList<>();
    for (int seconds : new int[] {5, 1, 3}) {
      calls.add(
          client
              .call(Echo.request(Echo.LATER, "x").withTimeMax(Duration.ofSeconds(seconds)))
              .whenComplete((reply, failure) -> order.add(seconds + " at " + now())));
    }
    world.run(MINUTE);
    assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(order).containsExactly("1 at 1", "3 at 3", "5 at 5");
  }

  private long now() {
    return Math.round(world.nanoTime() / 1e9);
  }

  @Test
  void cancelledCallIsRemovedAndOtherCallsComplete() throws ExecutionException {
    CompletableFuture<RpcReply> one = client.call(Echo.request(Echo.LATER, "one"));
    CompletableFuture<RpcReply> two = client.call(Echo.request(Echo.LATER, "two"));
    world.run(SECOND);
    assertThat(one.cancel(true)).isTrue();
    assertThat(client.callsOutgoing()).isEqualTo(1);
    serving.answer(false);
    serving.answer(false);
    assertThat(Echo.text(world.await(two, SECOND))).isEqualTo("two");
    assertThat(client.repliesUnmatched()).isEqualTo(1);
    assertThat(clientHost.recordsHeld()).isZero();
  }

  @Test
  void callAboveTheMaximumFails() throws ExecutionException {
    RpcConnection narrow =
        connect(LIMITS.toBuilder().callsOutgoingMax(2).callsIncomingMax(10).build());
    CompletableFuture<RpcReply> one = narrow.call(Echo.request(Echo.LATER, "one"));
    CompletableFuture<RpcReply> two = narrow.call(Echo.request(Echo.LATER, "two"));
    assertThat(failure(narrow.call(Echo.request(Echo.ECHO, "three"))))
        .isEqualTo(Kind.TOO_MANY_CALLS);
    world.run(SECOND);
    serving.answer(false);
    assertThat(Echo.text(world.await(one, SECOND))).isEqualTo("one");
    assertThat(echo(narrow, Echo.ECHO, "four")).isEqualTo("four");
    assertThat(two).isNotDone();
  }

  @Test
  void concurrentCallsReceiveTheirOwnReplies() throws ExecutionException {
    List<CompletableFuture<RpcReply>> calls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      calls.add(client.call(Echo.request(i % 3 == 0 ? Echo.LATER : Echo.ECHO, "no. " + i)));
    }
    world.run(SECOND);
    while (!serving.later.isEmpty()) {
      serving.answer(serving.later.size() % 2 == 0);
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(Echo.text(world.await(calls.get(i), SECOND))).isEqualTo("no. " + i);
    }
  }

  @Test
  void brokenConnectionFailsThePendingCallsOfBothEnds() {
    CompletableFuture<RpcReply> call = client.call(Echo.request(Echo.LATER, "x"));
    world.run(SECOND);
    world.faults(message -> message.isCall() ? Fate.BREAK_BEFORE : Fate.DELIVER);
    CompletableFuture<RpcReply> last = client.call(Echo.request(Echo.ECHO, "x"));
    assertThat(failure(call)).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(failure(last)).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(failure(client.call(Echo.request(Echo.ECHO, "x")))).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(client.isOpen()).isFalse();
    assertThat(serverEnds).hasSize(1);
    assertThat(server.connections()).isEmpty();
    serving.answer(true);
    assertThat(serverHost.recordsHeld()).isZero();
  }

  @Test
  void duplicateReplyIsCountedAndIgnored() throws ExecutionException {
    world.faults(message -> message.isCall() ? Fate.DELIVER : Fate.DUPLICATE);
    assertThat(echo(client, Echo.ECHO, "x")).isEqualTo("x");
    world.run(SECOND);
    assertThat(client.repliesUnmatched()).isEqualTo(1);
    assertThat(clientHost.recordsHeld()).isZero();
  }

  @Test
  void malformedReplyEndsTheConnection() {
    CompletableFuture<RpcReply> call = client.call(Echo.request(Echo.LATER, "x"));
    CompletableFuture<RpcReply> other = client.call(Echo.request(Echo.LATER, "y"));
    world.run(SECOND);
    serving.later.removeFirst().reject(new RpcReject.Accepted(77));
    assertThat(failure(call)).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(failure(other)).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(clientHost.recordsHeld()).isZero();
  }

  @Test
  void bulkDataIsReceivedInTheCallersBuffer() throws ExecutionException, XdrException {
    ByteBuffer buffer = ByteBuffer.allocate(5001);
    buffer.put(5000, (byte) 1);
    assertThat(zeros(5000, (prefix, length) -> new Placement(8, buffer.slice(0, 5000))))
        .isEqualTo(5000);
    assertThat(buffer.get(5000)).isEqualTo((byte) 1);
    assertThat(zeros(4999, (prefix, length) -> new Placement(8, buffer.slice(1, 4999))))
        .isEqualTo(4999);
  }

  @Test
  void shortReplyIsReceivedInAPooledBuffer() throws ExecutionException, XdrException {
    ByteBuffer buffer = ByteBuffer.allocate(5000);
    BulkTarget target =
        (prefix, length) -> prefix.getInt(4) == 5000 ? new Placement(8, buffer) : null;
    assertThat(zeros(3000, target)).isEqualTo(3000);
    assertThat(zeros(10, target)).isEqualTo(10);
  }

  @Test
  void targetThatDoesNotMatchTheDataFailsInTheDecoder() {
    ByteBuffer buffer = ByteBuffer.allocate(4000);
    assertThatThrownBy(() -> zeros(5000, (prefix, length) -> new Placement(8, buffer)))
        .isInstanceOf(XdrException.class);
  }

  private int zeros(int length, BulkTarget target) throws ExecutionException, XdrException {
    RpcRequest request =
        RpcRequest.of(
                Echo.PROGRAM,
                Echo.VERSION,
                Echo.ZEROS,
                Credential.none(),
                out -> out.writeInt(length))
            .withBulkTarget(target);
    try (RpcReply reply = world.await(client.call(request), SECOND)) {
      assertThat(reply.results().readInt()).isEqualTo(7);
      Payload data = reply.results().readPayload(Echo.BYTES_MAX);
      assertThat(data.bytes()).isEqualTo(ByteBuffer.allocate(length));
      assertThat(reply.results().readInt()).isEqualTo(8);
      reply.results().expectEnd();
      return data.length();
    }
  }

  @Test
  void shutdownRepliesToThePendingCalls() throws ExecutionException {
    CompletableFuture<RpcReply> call = client.call(Echo.request(Echo.LATER, "x"));
    world.run(SECOND);
    CompletableFuture<Void> down = server.shutdown(MINUTE);
    CompletableFuture<RpcReply> tooLate = client.call(Echo.request(Echo.ECHO, "y"));
    world.run(SECOND);
    assertThat(down).isNotDone();
    serving.answer(true);
    assertThat(Echo.text(world.await(call, SECOND))).isEqualTo("x");
    world.await(down, SECOND);
    assertThat(failure(tooLate)).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(server.connections()).isEmpty();
    assertThat(serverHost.recordsHeld()).isZero();
  }

  @Test
  void shutdownEndsAfterItsMaximumTime() {
    CompletableFuture<RpcReply> call = client.call(Echo.request(Echo.LATER, "x"));
    world.run(SECOND);
    CompletableFuture<Void> down = server.shutdown(Duration.ofSeconds(3));
    world.run(Duration.ofSeconds(4));
    assertThat(down).isDone();
    assertThat(failure(call)).isEqualTo(Kind.CONNECTION_LOST);
  }

  @Test
  void connectionAboveTheMaximumIsClosed() throws Exception {
    SimEnv small = world.host("small");
    RpcServer one =
        RpcServer.listen(small, any(111), LIMITS.toBuilder().connectionsMax(1).build(), serving);
    SocketAddress address = one.localAddress();
    RpcConnection first = world.await(connectTo(address), MINUTE);
    assertThat(echo(first, Echo.ECHO, "at home")).isEqualTo("at home");
    RpcConnection second = world.await(connectTo(address), MINUTE);
    assertThat(failure(second.call(Echo.request(Echo.ECHO, "x")))).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(echo(first, Echo.ECHO, "first")).isEqualTo("first");
  }

  @Test
  void addressAboveItsMaximumLosesOneOfItsOwnConnections() throws Exception {
    SimEnv small = world.host("small");
    RpcLimits limits = LIMITS.toBuilder().connectionsMax(4).connectionsPerAddressMax(2).build();
    RpcServer four = RpcServer.listen(small, any(111), limits, serving);
    SocketAddress address = four.localAddress();
    SimEnv elsewhere = world.host("elsewhere");
    RpcConnection other =
        world.await(
            RpcConnection.connect(
                elsewhere, address, ConnectOptions.within(SECOND), LIMITS, RpcHandler.NO_PROGRAMS),
            MINUTE);
    RpcConnection first = world.await(connectTo(address), MINUTE);
    assertThat(echo(first, Echo.ECHO, "first")).isEqualTo("first");
    RpcConnection second = world.await(connectTo(address), MINUTE);
    assertThat(echo(second, Echo.ECHO, "second")).isEqualTo("second");
    RpcConnection third = world.await(connectTo(address), MINUTE);
    assertThat(failure(third.call(Echo.request(Echo.ECHO, "x")))).isEqualTo(Kind.CONNECTION_LOST);
    // This connection has not called yet, but a connection of another address does not close it.
    assertThat(echo(other, Echo.ECHO, "other")).isEqualTo("other");
    assertThat(echo(first, Echo.ECHO, "still first")).isEqualTo("still first");
  }

  @Test
  void simulatedHostsHaveNoUnixDomainSockets() {
    assertThatThrownBy(
            () -> RpcServer.listen(serverHost, UnixDomainSocketAddress.of("x"), LIMITS, serving))
        .isInstanceOf(UnsupportedAddressTypeException.class);
  }

  @Test
  void connectionIdleForTheLongestTimeIsClosedAndAPendingCallIsNotIdle() throws Exception {
    SimEnv small = world.host("small");
    RpcServer two =
        RpcServer.listen(small, any(111), LIMITS.toBuilder().connectionsMax(2).build(), serving);
    RpcConnection waiting = world.await(connectTo(two.localAddress()), MINUTE);
    CompletableFuture<RpcReply> call =
        waiting.call(Echo.request(Echo.LATER, "late").withTimeMax(Duration.ofHours(1)));
    RpcConnection quiet = world.await(connectTo(two.localAddress()), MINUTE);
    assertThat(echo(quiet, Echo.ECHO, "one")).isEqualTo("one");
    world.run(LIMITS.quietTimeMin());
    RpcConnection third = world.await(connectTo(two.localAddress()), MINUTE);
    assertThat(echo(third, Echo.ECHO, "room")).isEqualTo("room");
    assertThat(quiet.isOpen()).isFalse();
    serving.answer(true);
    assertThat(Echo.text(world.await(call, SECOND))).isEqualTo("late");
  }

  private CompletableFuture<RpcConnection> connectTo(SocketAddress address) {
    return RpcConnection.connect(
        clientHost, address, ConnectOptions.within(SECOND), LIMITS, RpcHandler.NO_PROGRAMS);
  }

  @Test
  void connectionOfAPeerThatDoesNotReadItsRepliesIsNotRead() throws ExecutionException {
    RpcConnection greedy =
        connect(LIMITS.toBuilder().callsOutgoingMax(10_000).callsIncomingMax(10).build());
    List<CompletableFuture<RpcReply>> calls = new ArrayList<>();
    world.run(SECOND);
    for (int i = 0; i < 5000; i++) {
      calls.add(greedy.call(Echo.request(Echo.LATER, "x")));
    }
    world.run(SECOND);
    assertThat(serving.later).hasSize(LIMITS.callsIncomingMax());
    while (!serving.later.isEmpty()) {
      serving.answer(false);
      world.run(Duration.ofMillis(1));
    }
    assertThat(calls).allMatch(CompletableFuture::isDone);
    calls.forEach(call -> Echo.text(call.join()));
  }

  @Test
  void connectionThatReadsNothingForTheLongestTimeIsClosedAboveTheReplyMemoryLimit()
      throws Exception {
    RpcServer small =
        RpcServer.listen(
            serverHost,
            any(2050),
            LIMITS.toBuilder().replyBytesTotalMax(25_000).build(),
            handlerNotingEnds());
    List<RpcConnection> hoarders = new ArrayList<>();
    String large = "x".repeat(10_000);
    for (String name : List.of("first", "second", "little")) {
      RpcConnection hoarder = connectFrom(world.host(name), 2050);
      hoarders.add(hoarder);
      var _ = hoarder.call(Echo.request(Echo.LATER, name.equals("little") ? "x" : large));
      world.run(SECOND);
    }
    RpcConnection honest = connectFrom(clientHost, 2050);
    assertThat(serving.later).hasSize(3);
    for (String name : List.of("first", "second", "little")) {
      world.partition("server", name);
    }
    // The connection with the smallest replies has read nothing for the longest time.
    serving.answer(true);
    while (!serving.later.isEmpty()) {
      world.run(SECOND);
      serving.answer(false);
    }
    assertThat(small.connections()).hasSize(4);
    assertThat(echo(honest, Echo.ECHO, large)).isEqualTo(large);
    assertThat(serverEnds)
        .singleElement()
        .asString()
        .contains("the peer does not read its replies, and other connections need the memory");
    assertThat(small.connections()).hasSize(3);
    for (int i = 0; i < 10; i++) {
      assertThat(echo(honest, Echo.ECHO, large)).isEqualTo(large);
    }
    assertThat(small.connections()).as("connections within the limit").hasSize(3);
    world.heal("server", "second");
    world.heal("server", "little");
    world.run(SECOND);
    assertThat(hoarders.stream().map(RpcConnection::callsOutgoing)).containsExactly(1, 0, 0);
    small.close();
  }

  private RpcConnection connectFrom(SimEnv host, int port) throws ExecutionException {
    return world.await(
        RpcConnection.connect(
            host,
            InetSocketAddress.createUnresolved("server", port),
            ConnectOptions.within(SECOND),
            LIMITS,
            RpcHandler.NO_PROGRAMS),
        MINUTE);
  }

  @Test
  void connectWithoutAListenerFails() {
    assertThat(connectFailure(connectTo(new InetSocketAddress(serverHost.address(), 1))))
        .isEqualTo(Kind.CONNECT_FAILED);
    world.partition("client", "server");
    assertThat(connectFailure(connectTo(new InetSocketAddress(serverHost.address(), 2049))))
        .isEqualTo(Kind.CONNECT_FAILED);
  }

  private @Nullable Kind connectFailure(CompletableFuture<RpcConnection> connecting) {
    try {
      world.await(connecting, MINUTE);
      return null;
    } catch (ExecutionException e) {
      return e.getCause() instanceof RpcException rpc ? rpc.kind() : null;
    }
  }
}
