package io.ferrynfs.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.testing.ScriptedServer;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Remove4Args;
import io.ferrynfs.wire.nfs4.Remove4Res;
import io.ferrynfs.wire.nfs4.Remove4Resok;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServerSessionTest {

  private static final Duration MINUTES = Duration.ofMinutes(30);
  private static final int READ_BYTES = 4096;
  private static final Opaque OTHER = Opaque.of(new byte[12]);
  private static final CallbackHandler NO_CALLBACKS =
      new CallbackHandler() {
        @Override
        public Nfsstat4 recall(CbRecall4Args args) {
          return Nfsstat4.NFS4_OK;
        }

        @Override
        public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
          return Nfsstat4.NFS4ERR_BAD_STATEID;
        }
      };

  private final Simulation world = new Simulation(1);
  private final SimEnv serverHost = world.host("server");
  private final SimEnv clientHost = world.host("client");
  private final ScriptedServer server;

  ServerSessionTest() throws IOException {
    server = new ScriptedServer(serverHost);
  }

  private ServerSession open() throws ExecutionException {
    return world.await(opening(), MINUTES);
  }

  private CompletableFuture<ServerSession> opening() {
    return ServerSession.open(
        clientHost,
        SessionOptions.builder(
                InetSocketAddress.createUnresolved("server", ScriptedServer.PORT),
                Credential.none(),
                Opaque.ofUtf8("owner"))
            .transferBytesMax(1 << 16)
            .build(),
        NO_CALLBACKS);
  }

  private static Compound nothing() {
    return Compound.of(new NfsArgop4.Putrootfh()).build();
  }

  private static Compound remove() {
    return Compound.of(new NfsArgop4.Putrootfh())
        .once(new NfsArgop4.Remove(new Remove4Args(Opaque.ofUtf8("x"))))
        .build();
  }

  private static NfsResop4 removed() {
    return new NfsResop4.Remove(new Remove4Res.Ok(new Remove4Resok(new ChangeInfo4(true, 1, 2))));
  }

  private List<NfsOpnum4> executedOperations() {
    return server.executed.stream()
        .flatMap(args -> args.argarray().stream())
        .map(NfsArgop4::argop)
        .toList();
  }

  private <T> CallException failureOf(CompletableFuture<T> future) {
    try {
      world.await(future, MINUTES);
    } catch (ExecutionException failed) {
      return CallFailures.call(failed);
    }
    throw new AssertionError("did not fail");
  }

  @Test
  void sessionNeedsExchangeIdCreateSessionAndReclaimComplete() throws ExecutionException {
    ServerSession session = open();
    assertThat(executedOperations())
        .containsExactly(
            NfsOpnum4.OP_EXCHANGE_ID,
            NfsOpnum4.OP_CREATE_SESSION,
            NfsOpnum4.OP_SEQUENCE,
            NfsOpnum4.OP_RECLAIM_COMPLETE);
    assertThat(session.identity().ownerMajor()).isEqualTo(Opaque.ofUtf8("scripted"));
    assertThat(session.minorVersion()).isEqualTo(2);
  }

  @Test
  void minorVersionOneIsUsedIfTwoIsUnsupported() throws ExecutionException {
    server.minorVersionMax = 1;
    assertThat(open().minorVersion()).isEqualTo(1);
  }

  // F-012: knfsd and nfs-ganesha reject unknown flags of EXCHANGE_ID
  @Test
  void unknownExchangeIdFlagIsOmittedOnRetry() throws ExecutionException {
    server.script =
        operation ->
            operation instanceof NfsArgop4.ExchangeId(ExchangeId4Args args) && args.flags() != 0
                ? new NfsResop4.ExchangeId(new ExchangeId4Res.Failed(Nfsstat4.NFS4ERR_INVAL))
                : null;
    assertThat(open().minorVersion()).isEqualTo(2);
    assertThat(server.executed.stream().flatMap(args -> args.argarray().stream()))
        .filteredOn(NfsArgop4.ExchangeId.class::isInstance)
        .extracting(operation -> ((NfsArgop4.ExchangeId) operation).args().flags())
        .containsExactly(Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS, 0L);
  }

  @Test
  void refusedConnectionFailsOpeningAtOnce() {
    serverHost.kill();
    CallException failure = failureOf(opening());
    assertThat(failure.kind()).isEqualTo(CallException.Kind.UNREACHABLE);
    assertThat(world.nanoTime()).isLessThan(Duration.ofSeconds(10).toNanos());
  }

  @Test
  void silentServerFailsOpening() {
    server.silent = true;
    assertThat(failureOf(opening()).kind()).isEqualTo(CallException.Kind.UNREACHABLE);
    assertThat(world.nanoTime()).isLessThan(Duration.ofSeconds(20).toNanos());
  }

  @Test
  void callsBeyondTheSlotsAreQueued() throws ExecutionException {
    server.slots = 2;
    ServerSession session = open();
    server.outstandingMax = 0;
    server.hold = true;
    List<CompletableFuture<Results>> calls =
        IntStream.range(0, 5).mapToObj(i -> session.call(nothing())).toList();
    while (!calls.stream().allMatch(CompletableFuture::isDone)) {
      assertThat(world.runUntil(() -> !server.held.isEmpty(), MINUTES)).isTrue();
      server.held.removeFirst().run();
      world.run(Duration.ofMillis(1));
    }
    assertThat(server.outstandingMax).isEqualTo(2);
  }

  @Test
  void lostReplyIsRetriedWithTheSameBytesAndExecutedOnce() throws ExecutionException {
    ServerSession session = open();
    server.script = op -> op instanceof NfsArgop4.Remove ? removed() : null;
    server.executed.clear();
    server.arrived.clear();
    boolean[] broken = new boolean[1];
    world.faults(message -> {
      boolean first = message.from().equals("server") && !broken[0];
      broken[0] |= first;
      return first ? Fate.BREAK_BEFORE : Fate.DELIVER;
    });
    Results results = world.await(session.call(remove()), MINUTES);
    assertThat(results.outcomeUnknown()).isFalse();
    assertThat(executedOperations())
        .containsExactly(
            NfsOpnum4.OP_SEQUENCE,
            NfsOpnum4.OP_PUTROOTFH,
            NfsOpnum4.OP_REMOVE,
            NfsOpnum4.OP_BIND_CONN_TO_SESSION);
    assertThat(server.arrived).hasSize(3);
    assertThat(server.arrived.getFirst()).isEqualTo(server.arrived.getLast());
  }

  @Test
  void lostRequestIsRetried() throws ExecutionException {
    ServerSession session = open();
    boolean[] broken = new boolean[1];
    world.faults(message -> {
      boolean first = message.from().equals("client") && !broken[0];
      broken[0] |= first;
      return first ? Fate.BREAK_BEFORE : Fate.DELIVER;
    });
    assertThat(world.await(session.call(nothing()), MINUTES).ok()).isTrue();
  }

  @Test
  void delayedCallIsRetriedWithANewSequenceId() throws ExecutionException {
    ServerSession session = open();
    int[] left = {3};
    server.script =
        op ->
            op instanceof NfsArgop4.Remove
                ? left[0]-- > 0
                    ? new NfsResop4.Remove(new Remove4Res.Failed(Nfsstat4.NFS4ERR_DELAY))
                    : removed()
                : null;
    assertThat(world.await(session.call(remove()), MINUTES).ok()).isTrue();
    assertThat(left[0]).isEqualTo(-1);
  }

  @Test
  void delayAfterAnExecutedOperationReachesTheCaller() throws ExecutionException {
    ServerSession session = open();
    server.script =
        op ->
            switch (op) {
              case NfsArgop4.Remove _ -> removed();
              case NfsArgop4.Getfh _ ->
                  new NfsResop4.Getfh(
                      new io.ferrynfs.wire.nfs4.Getfh4Res.Failed(Nfsstat4.NFS4ERR_DELAY));
              default -> null;
            };
    Compound compound =
        Compound.of(new NfsArgop4.Putrootfh())
            .once(new NfsArgop4.Remove(new Remove4Args(Opaque.ofUtf8("x"))))
            .add(new NfsArgop4.Getfh())
            .build();
    Results results = world.await(session.attempt(compound), MINUTES);
    assertThat(results.status()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(results.ok(1)).isTrue();
    assertThat(executedOperations()).containsOnlyOnce(NfsOpnum4.OP_REMOVE);
  }

  @Test
  void delayedSequenceIsRetriedWithTheSameBytes() throws ExecutionException {
    ServerSession session = open();
    server.arrived.clear();
    int[] left = {2};
    server.sequenceStatus = args -> left[0]-- > 0 ? Nfsstat4.NFS4ERR_DELAY : Nfsstat4.NFS4_OK;
    world.await(session.call(nothing()), MINUTES);
    assertThat(server.arrived).hasSize(3);
    assertThat(server.arrived.stream().distinct()).hasSize(1);
  }

  @Test
  void endlessDelayFailsTheCall() throws ExecutionException {
    ServerSession session = open();
    server.script =
        op ->
            op instanceof NfsArgop4.Remove
                ? new NfsResop4.Remove(new Remove4Res.Failed(Nfsstat4.NFS4ERR_DELAY))
                : null;
    CallException failure = failureOf(session.call(remove()));
    assertThat(failure.kind()).isEqualTo(CallException.Kind.TIMED_OUT);
    assertThat(failure).hasMessageContaining("NFS4ERR_DELAY");
  }

  @Test
  void lostSessionIsRecreatedAndTheCallRetried() throws ExecutionException {
    ServerSession session = open();
    server.forgetSessions();
    server.executed.clear();
    assertThat(world.await(session.call(nothing()), MINUTES).ok()).isTrue();
    assertThat(executedOperations())
        .containsExactly(
            NfsOpnum4.OP_CREATE_SESSION, NfsOpnum4.OP_SEQUENCE, NfsOpnum4.OP_PUTROOTFH);
  }

  @Test
  void restartTriggersRecoveryBeforeOtherCalls() throws ExecutionException {
    ServerSession session = open();
    server.forgetClients();
    server.executed.clear();
    assertThat(world.await(session.call(nothing()), MINUTES).ok()).isTrue();
    assertThat(executedOperations())
        .containsExactly(
            NfsOpnum4.OP_CREATE_SESSION,
            NfsOpnum4.OP_EXCHANGE_ID,
            NfsOpnum4.OP_CREATE_SESSION,
            NfsOpnum4.OP_SEQUENCE,
            NfsOpnum4.OP_RECLAIM_COMPLETE,
            NfsOpnum4.OP_SEQUENCE,
            NfsOpnum4.OP_PUTROOTFH);
  }

  @Test
  void callWhoseReplyWasLostWithTheSessionHasAnUnknownOutcome() throws ExecutionException {
    ServerSession session = open();
    boolean[] removedBefore = new boolean[1];
    server.script =
        op -> {
          if (!(op instanceof NfsArgop4.Remove)) {
            return null;
          }
          if (removedBefore[0]) {
            return new NfsResop4.Remove(new Remove4Res.Failed(Nfsstat4.NFS4ERR_NOENT));
          }
          removedBefore[0] = true;
          server.forgetSessions();
          return removed();
        };
    boolean[] broken = new boolean[1];
    world.faults(message -> {
      boolean first = message.from().equals("server") && !broken[0];
      broken[0] |= first;
      return first ? Fate.BREAK_BEFORE : Fate.DELIVER;
    });
    CallException failure = failureOf(session.call(remove()));
    assertThat(failure.status()).isEqualTo(Nfsstat4.NFS4ERR_NOENT);
    assertThat(failure.outcomeUnknown()).isTrue();
  }

  @Test
  void timedOutCallWithAnEffectHasAnUnknownOutcome() throws ExecutionException {
    ServerSession session = open();
    server.silent = true;
    CompletableFuture<Results> removal = session.call(remove());
    assertThat(failureOf(session.call(nothing())).outcomeUnknown()).isFalse();
    assertThat(failureOf(removal).outcomeUnknown()).isTrue();
  }

  @Test
  void callThatWasNotSentHasAKnownOutcome() throws ExecutionException {
    ServerSession session = open();
    serverHost.kill();
    world.run(Duration.ofSeconds(1));
    assertThat(failureOf(session.call(remove())).outcomeUnknown()).isFalse();
  }

  @Test
  void silentServerFailsTheCallAfterTheProgressTimeout() throws ExecutionException {
    ServerSession session = open();
    server.silent = true;
    long before = world.nanoTime();
    CallException failure = failureOf(session.call(nothing()));
    assertThat(failure.kind()).isIn(CallException.Kind.TIMED_OUT, CallException.Kind.UNREACHABLE);
    assertThat(Duration.ofNanos(world.nanoTime() - before))
        .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
  }

  @Test
  void sessionIsUsableAfterAFailedCall() throws ExecutionException {
    ServerSession session = open();
    server.silent = true;
    failureOf(session.call(nothing()));
    server.silent = false;
    assertThat(world.await(session.call(nothing()), MINUTES).ok()).isTrue();
  }

  @Test
  void unreachableServerFailsCallsUntilItReturns() throws ExecutionException {
    ServerSession session = open();
    world.partition("client", "server");
    CallException failure = failureOf(session.call(nothing()));
    assertThat(failure.kind()).isIn(CallException.Kind.TIMED_OUT, CallException.Kind.UNREACHABLE);
    world.heal("client", "server");
    assertThat(world.await(session.call(nothing()), MINUTES).ok()).isTrue();
  }

  @Test
  void idleSessionRenewsItsLease() throws ExecutionException {
    ServerSession session = open();
    session.leaseSeconds(20);
    server.executed.clear();
    world.run(Duration.ofSeconds(60));
    assertThat(server.executed).allSatisfy(args -> assertThat(args.argarray()).hasSize(1));
    assertThat(server.executed.size()).isBetween(6, 12);
  }

  @Test
  void closeDestroysSessionAndClientAndFailsPendingCalls() throws ExecutionException {
    ServerSession session = open();
    server.executed.clear();
    world.await(session.close(), MINUTES);
    assertThat(executedOperations())
        .containsExactly(NfsOpnum4.OP_DESTROY_SESSION, NfsOpnum4.OP_DESTROY_CLIENTID);
    assertThat(failureOf(session.call(nothing())).kind()).isEqualTo(CallException.Kind.CLOSED);
    world.run(Duration.ofMinutes(10));
    assertThat(server.connections()).isEmpty();
  }

  @Test
  void everyCallEndsOnceWhateverMessagesAreLost() throws Exception {
    for (int seed = 1; seed <= 60; seed++) {
      Simulation storm = new Simulation(seed);
      ScriptedServer stormServer = new ScriptedServer(storm.host("server"));
      List<Opaque> names = new ArrayList<>();
      stormServer.script =
          op -> {
            if (op instanceof NfsArgop4.Remove(Remove4Args args)) {
              names.add(args.target());
              return removed();
            }
            return null;
          };
      java.util.Random random = new java.util.Random(seed);
      ServerSession session =
          storm.await(
              ServerSession.open(
                  storm.host("client"),
                  SessionOptions.builder(
                          InetSocketAddress.createUnresolved("server", ScriptedServer.PORT),
                          Credential.none(),
                          Opaque.ofUtf8("owner"))
                      .slotsMax(8)
                      .transferBytesMax(1 << 16)
                      .progressTimeout(Duration.ofMinutes(10))
                      .build(),
                  NO_CALLBACKS),
              MINUTES);
      storm.faults(message ->
          random.nextInt(10) > 0
              ? Fate.DELIVER
              : random.nextBoolean() ? Fate.BREAK_BEFORE : Fate.BREAK_AFTER);
      List<CompletableFuture<Results>> calls = new ArrayList<>();
      List<Opaque> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Opaque name = Opaque.ofUtf8("n" + i);
        expected.add(name);
        calls.add(
            session.call(
                Compound.of(new NfsArgop4.Putrootfh())
                    .once(new NfsArgop4.Remove(new Remove4Args(name)))
                    .build()));
      }
      for (CompletableFuture<Results> call : calls) {
        assertThat(storm.await(call, MINUTES).ok()).isTrue();
      }
      assertThat(names).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void oversizedReplyFailsTheCall() throws ExecutionException {
    ServerSession session = open();
    Results results = world.await(session.call(nothing()), MINUTES);
    assertThatThrownBy(() -> results.at(0, NfsResop4.Getfh.class))
        .isInstanceOf(CallException.class)
        .hasMessageContaining("Getfh");
    assertThatThrownBy(() -> results.at(5, NfsResop4.Putrootfh.class))
        .isInstanceOf(CallException.class);
  }

  @Test
  void requestsCarryTheHighestSlotInUse() throws ExecutionException {
    ServerSession session = open();
    server.executed.clear();
    server.hold = true;
    List<CompletableFuture<Results>> calls =
        IntStream.range(0, 3).mapToObj(i -> session.call(nothing())).toList();
    world.runUntil(() -> server.held.size() == 3, MINUTES);
    server.held.forEach(Runnable::run);
    for (CompletableFuture<Results> call : calls) {
      world.await(call, MINUTES);
    }
    assertThat(server.executed.stream().map(ServerSessionTest::slotAndHighest))
        .containsExactlyInAnyOrder("0/0", "1/1", "2/2");
  }

  private static String slotAndHighest(Compound4Args args) {
    return args.argarray().getFirst() instanceof NfsArgop4.Sequence(var sequence)
        ? sequence.slotid() + "/" + sequence.highestSlotid()
        : "no SEQUENCE";
  }

  // RFC 8881 section 2.10.6.1: the server may have executed the call in the lost session
  @Test
  void lateDataOfARetriedCallIsDiscarded() throws ExecutionException {
    ServerSession session = open();
    int[] reads = new int[1];
    server.script = op -> op instanceof NfsArgop4.Read ? read(++reads[0]) : null;
    server.hold = true;
    ByteBuffer into = ByteBuffer.allocate(READ_BYTES);
    CompletableFuture<Results> call =
        session.call(
            Compound.of(
                    new NfsArgop4.Putfh(new Putfh4Args(new NfsFh4(Opaque.ofUtf8("x")))),
                    new NfsArgop4.Read(new Read4Args(new Stateid4(0, OTHER), 0, READ_BYTES)))
                .readInto(into)
                .build());
    assertThat(world.runUntil(() -> !server.held.isEmpty(), MINUTES)).isTrue();
    Runnable late = server.held.removeFirst();
    server.hold = false;
    boolean[] lost = new boolean[1];
    server.sequenceStatus =
        args -> {
          boolean first = !lost[0];
          lost[0] = true;
          return first ? Nfsstat4.NFS4ERR_BADSESSION : Nfsstat4.NFS4_OK;
        };
    world.await(session.call(nothing()), MINUTES);
    world.await(call, MINUTES);
    assertThat(into).isEqualTo(filled(1));
    late.run();
    world.run(Duration.ofSeconds(1));
    assertThat(reads).containsExactly(2);
    assertThat(into).as("the buffer, which the caller may have reused").isEqualTo(filled(1));
  }

  private static ByteBuffer filled(int value) {
    byte[] bytes = new byte[READ_BYTES];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  private static NfsResop4 read(int value) {
    return new NfsResop4.Read(
        new Read4Res.Ok(new Read4Resok(true, new BufferPayload(filled(value)))));
  }
}
