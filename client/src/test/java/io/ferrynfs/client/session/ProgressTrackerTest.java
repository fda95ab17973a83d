package io.ferrynfs.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.testing.ScriptedServer;
import io.ferrynfs.client.testing.TalkativeEnv;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Servers that reply, but make no progress with a call. */
class ProgressTrackerTest {
  private static final Duration LONG = Duration.ofHours(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
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
  private List<XdrWriter> junk = List.of();
  private final ScriptedServer server =
      new ScriptedServer(new TalkativeEnv(serverHost, () -> junk));

  ProgressTrackerTest() throws Exception {}

  private CompletableFuture<ServerSession> opening(Duration progressTimeout) {
    return ServerSession.open(
        clientHost,
        SessionOptions.builder(
                InetSocketAddress.createUnresolved("server", ScriptedServer.PORT),
                Credential.none(),
                Opaque.ofUtf8("owner"))
            .transferBytesMax(1 << 16)
            .progressTimeout(progressTimeout)
            .build(),
        NO_CALLBACKS);
  }

  private ServerSession open(Duration progressTimeout) throws ExecutionException {
    return world.await(opening(progressTimeout), LONG);
  }

  private static Compound root() {
    return Compound.of(new NfsArgop4.Putrootfh()).build();
  }

  private static Compound file() {
    return Compound.of(new NfsArgop4.Putfh(new Putfh4Args(new NfsFh4(Opaque.ofUtf8("f"))))).build();
  }

  private static boolean has(Compound4Args args, NfsOpnum4 operation) {
    return args.argarray().stream().anyMatch(each -> each.argop() == operation);
  }

  private CallException failureOf(CompletableFuture<?> future) {
    try {
      world.await(future, LONG);
    } catch (ExecutionException failed) {
      return CallFailures.call(failed);
    }
    throw new AssertionError("did not fail");
  }

  private long secondsUntilFailure(CompletableFuture<?> future) {
    long from = world.nanoTime();
    failureOf(future);
    return Duration.ofNanos(world.nanoTime() - from).toSeconds();
  }

  private static void isAnswered(CallException failure, Kind kind, String message) {
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessage(message);
  }

  @Test
  void serverThatDisconnectsOnEachCallFailsTheCall() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    server.breaksAt = args -> has(args, NfsOpnum4.OP_PUTROOTFH);
    CompletableFuture<Results> call = session.call(root());
    assertThat(secondsUntilFailure(call)).isBetween(50L, 61L);
    isAnswered(
        failureOf(call),
        Kind.UNREACHABLE,
        "the server at server:2049 broke the connection 20 times without an answer: "
            + "connection closed by the peer");
    // There was a reply on the first connection.
    assertThat(server.broken).isEqualTo(21);
    // The next call fails sooner.
    assertThat(secondsUntilFailure(session.call(root()))).isBetween(3L, 6L);
    assertThat(server.broken).isEqualTo(22);
    // The server is used again as soon as it works.
    server.breaksAt = args -> false;
    assertThat(world.await(session.call(root()), LONG).ok()).isTrue();
  }

  @Test
  void unreachableServerIsWaitedFor() throws ExecutionException {
    ServerSession session = open(SessionOptions.FOREVER);
    server.breaksAt = args -> has(args, NfsOpnum4.OP_PUTROOTFH);
    assertThat(failureOf(session.call(root())))
        .hasMessageStartingWith("the server at server:2049 broke the connection 20 times");
  }

  @Test
  void repliesToOtherCallsAreNoProgress() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    int[] others = new int[1];
    server.swallows = args -> has(args, NfsOpnum4.OP_PUTROOTFH);
    server.breaksAt = args -> has(args, NfsOpnum4.OP_PUTFH) && ++others[0] % 2 == 0;
    CompletableFuture<Results> bad = session.call(root());
    while (!bad.isDone()) {
      CompletableFuture<Results> good = session.call(file());
      assertThat(world.runUntil(() -> good.isDone() || bad.isDone(), LONG)).isTrue();
      assertThat(good).isNotCompletedExceptionally();
    }
    assertThat(failureOf(bad))
        .hasMessageStartingWith(
            "the server at server:2049 broke the connection 64 times without an answer: ");
    assertThat(server.broken).isEqualTo(64);
  }

  @Test
  void serverThatSendsGarbageAfterEachReplyFailsTheCall() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    junk = List.of(junk());
    int calls = 0;
    CompletableFuture<Results> call = session.call(root());
    while (world.runUntil(call::isDone, LONG) && !call.isCompletedExceptionally()) {
      assertThat(++calls).isLessThan(30);
      call = session.call(root());
    }
    isAnswered(
        failureOf(call),
        Kind.PROTOCOL,
        "the server at server:2049 was disconnected 20 times because of invalid data: "
            + "the peer sent a record that is not an RPC message");
  }

  private static XdrWriter junk() {
    XdrWriter junk = new XdrWriter();
    junk.writeInt(1);
    junk.writeInt(77);
    junk.writeInt(1 << 20);
    return junk;
  }

  @Test
  void serverThatRejectsEverySessionFailsTheCall() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    server.sequenceStatus = args -> Nfsstat4.NFS4ERR_BADSESSION;
    CompletableFuture<Results> call = session.call(root());
    assertThat(secondsUntilFailure(call)).isBetween(50L, 61L);
    isAnswered(
        failureOf(call),
        Kind.UNREACHABLE,
        "the server at server:2049 has lost the session 20 times without an answer: "
            + "the session was lost (NFS4ERR_BADSESSION)");
  }

  @Test
  void failedRecoveryFailsTheCall() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    int[] completions = new int[1];
    server.script =
        operation -> {
          if (operation instanceof NfsArgop4.ReclaimComplete) {
            completions[0]++;
            return new NfsResop4.ReclaimComplete(
                new ReclaimComplete4Res(Nfsstat4.NFS4ERR_SERVERFAULT));
          }
          return null;
        };
    server.forgetClients();
    CompletableFuture<Results> call = session.call(root());
    assertThat(failureOf(call))
        .hasMessage(
            "the server at server:2049 has lost the session 20 times without an answer: "
                + "the session was lost (RECLAIM_COMPLETE: NFS4ERR_SERVERFAULT)");
    assertThat(completions[0]).isLessThan(25);
  }

  @Test
  void endlessDelayOfSequenceFailsTheCall() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    server.sequenceStatus = args -> Nfsstat4.NFS4ERR_DELAY;
    CompletableFuture<Results> call = session.call(root());
    assertThat(secondsUntilFailure(call)).isBetween(60L, 65L);
    isAnswered(
        failureOf(call),
        Kind.TIMED_OUT,
        "the server has answered NFS4ERR_DELAY for more than 60 s");
  }

  @Test
  void uncachedReplayDoesNotAnswerANewCall() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    int before = server.arrived.size();
    server.sequenceStatus = args -> Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP;
    assertThat(failureOf(session.call(root()))).hasMessage("SEQUENCE: NFS4ERR_RETRY_UNCACHED_REP");
    assertThat(server.arrived.size() - before).isEqualTo(4);
  }

  @Test
  void connectFailsAfterEndlessDelay() {
    server.script =
        operation ->
            operation instanceof NfsArgop4.ExchangeId
                ? new NfsResop4.ExchangeId(
                    new io.ferrynfs.wire.nfs4.ExchangeId4Res.Failed(Nfsstat4.NFS4ERR_DELAY))
                : null;
    CompletableFuture<ServerSession> opening = opening(TIMEOUT);
    assertThat(secondsUntilFailure(opening)).isBetween(180L, 190L);
    assertThat(failureOf(opening)).hasMessage("EXCHANGE_ID: NFS4ERR_DELAY");
  }

  @Test
  void silentPeerFailsConnectAfterFiveSeconds() {
    server.silent = true;
    CompletableFuture<ServerSession> opening = opening(TIMEOUT);
    assertThat(secondsUntilFailure(opening)).isBetween(4L, 5L);
    isAnswered(failureOf(opening), Kind.UNREACHABLE, "no NFS answer from server:2049 for 5 s");
  }

  @Test
  void peerOfAnotherProtocolFailsConnect() throws Exception {
    SimEnv web = world.host("web");
    web.network()
        .listen(
            new InetSocketAddress(80),
            io.ferrynfs.rpc.env.StreamLimits.DEFAULT,
            stream -> {
              stream.start(new Deaf());
              var _ = stream.send(io.ferrynfs.rpc.env.OutgoingRecord.of(junk()));
            });
    CompletableFuture<ServerSession> opening =
        ServerSession.open(
            clientHost,
            SessionOptions.builder(
                    InetSocketAddress.createUnresolved("web", 80),
                    Credential.none(),
                    Opaque.ofUtf8("owner"))
                .transferBytesMax(1 << 16)
                .progressTimeout(TIMEOUT)
                .build(),
            NO_CALLBACKS);
    assertThat(secondsUntilFailure(opening)).isZero();
    isAnswered(
        failureOf(opening),
        Kind.UNREACHABLE,
        "no NFS answer from web:80: the peer sent a record that is not an RPC message");
  }

  @Test
  void refusedConnectionFailsConnect() {
    serverHost.kill();
    CallException failure = failureOf(opening(TIMEOUT));
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure).hasMessageStartingWith("connection refused by server");
  }

  /** Accepts records and ignores them. */
  private static final class Deaf implements io.ferrynfs.rpc.env.RecordReceiver {
    @Override
    public void received(io.ferrynfs.rpc.env.ReceivedRecord record) {
      record.release();
    }

    @Override
    public void closed(java.io.IOException cause) {}
  }

  /** Limits that CREATE_SESSION grants, and their effect. */
  private String granted(ChannelAttrs4 fore) {
    server.script =
        operation ->
            operation instanceof NfsArgop4.CreateSession(var args)
                ? new NfsResop4.CreateSession(
                    new CreateSession4Res.Ok(
                        new CreateSession4Resok(
                            server.lastSession(), args.sequence(), 0, fore, args.backChanAttrs())))
                : null;
    CallException failure = failureOf(opening(TIMEOUT));
    assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
    return String.valueOf(failure.getMessage());
  }

  // RFC 8881 section 18.36.3
  @Test
  void unusableSessionLimitsFailConnect() {
    String useless = "the server grants an unusable session: ";
    assertThat(granted(new ChannelAttrs4(0, 1 << 20, 1, 4096, 64, 8, null)))
        .isEqualTo(useless + "at most 1 bytes of a reply, and 5120 are needed");
    assertThat(granted(new ChannelAttrs4(0, 0, 1 << 20, 4096, 64, 8, null)))
        .isEqualTo(useless + "at most 0 bytes of a request, and 5120 are needed");
    assertThat(granted(new ChannelAttrs4(0, 1 << 20, 1 << 20, 4096, 0, 8, null)))
        .isEqualTo(useless + "at most 0 operations in a request, and 8 are needed");
    assertThat(granted(new ChannelAttrs4(0, 1 << 20, 1 << 20, 4096, 64, 0, null)))
        .isEqualTo(useless + "it has no slots");
  }

  @Test
  void grantBeyondTheRequestIsNotUsed() throws ExecutionException {
    var usual = server.script;
    server.script =
        operation -> {
          if (operation instanceof NfsArgop4.CreateSession(var args)) {
            ChannelAttrs4 all =
                new ChannelAttrs4(
                    0xFFFF_FFFFL,
                    0xFFFF_FFFFL,
                    0xFFFF_FFFFL,
                    0xFFFF_FFFFL,
                    0xFFFF_FFFFL,
                    0xFFFF_FFFFL,
                    null);
            return server.created(args, all);
          }
          return usual.apply(operation);
        };
    ServerSession session = open(TIMEOUT);
    assertThat(session.slots()).isEqualTo(64);
    assertThat(session.operationsMax()).isEqualTo(63);
    assertThat(session.resultBytesMax()).isEqualTo((1 << 16) + 4096 - 16 - 8 - 640);
    assertThat(session.argumentBytesMax()).isEqualTo((1 << 16) + 4096 - 24 - 16 - 640);
  }

  @Test
  void unsolicitedRepliesCloseTheConnection() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    server.breaksAt =
        args -> {
          junk = java.util.stream.IntStream.range(0, 100).mapToObj(i -> reply()).toList();
          return false;
        };
    CompletableFuture<Results> call = session.call(root());
    while (world.runUntil(call::isDone, LONG) && !call.isCompletedExceptionally()) {
      call = session.call(root());
    }
    assertThat(failureOf(call))
        .hasMessage(
            "the server at server:2049 was disconnected 20 times because of invalid data: "
                + "malformed reply: more replies than calls");
  }

  private static XdrWriter reply() {
    XdrWriter reply = new XdrWriter();
    reply.writeInt(123_456);
    reply.writeInt(1);
    for (int i = 0; i < 4; i++) {
      reply.writeInt(0);
    }
    return reply;
  }

  @Test
  void waitIsReportedWithStartReasonsAndEnd() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    List<StallNotice> told = new ArrayList<>();
    session.onWaiting(told::add);
    Instant from = world.instant();
    server.silent = true;
    CompletableFuture<Results> call = session.call(root());
    world.run(Duration.ofSeconds(10));
    server.connections().forEach(each -> each.close());
    world.run(Duration.ofSeconds(30));
    server.silent = false;
    assertThat(world.await(call, LONG).ok()).isTrue();
    world.run(Duration.ofSeconds(2));
    assertThat(told).allMatch(each -> Duration.between(from, each.since()).abs().toMillis() < 1000);
    assertThat(told.stream().map(StallNotice::isOver).toList()).endsWith(false, true);
    assertThat(told.getFirst())
        .isEqualTo(new StallNotice(told.getFirst().since(), "the server does not answer", false));
    assertThat(told.stream().filter(StallNotice::isOver).count()).isEqualTo(1);
    assertThat(told.stream().map(StallNotice::reason).distinct())
        .containsExactly(
            "the server does not answer",
            "connection closed by the peer",
            "no NFS answer from server:2049 for 10 s");
  }

  @Test
  void waitForeverWaitsForAnUnreachableServer() throws ExecutionException {
    ServerSession session = open(SessionOptions.FOREVER);
    world.partition("client", "server");
    CompletableFuture<Results> call = session.call(root());
    world.run(Duration.ofHours(2));
    assertThat(call).isNotDone();
    world.heal("client", "server");
    assertThat(world.await(call, Duration.ofMinutes(2)).ok()).isTrue();
  }

  @Test
  void waitForeverWaitsForASilentServer() throws ExecutionException {
    ServerSession session = open(SessionOptions.FOREVER);
    List<String> reasons = new ArrayList<>();
    session.onWaiting(waiting -> reasons.add(waiting.reason()));
    server.silent = true;
    CompletableFuture<Results> call = session.call(root());
    world.run(Duration.ofHours(2));
    assertThat(call).isNotDone();
    server.silent = false;
    assertThat(world.await(call, Duration.ofMinutes(2)).ok()).isTrue();
    assertThat(reasons.stream().distinct())
        .containsExactly("the server does not answer", "no NFS answer from server:2049 for 10 s");
  }

  private static XdrWriter callback() {
    XdrWriter call = new XdrWriter();
    call.writeInt(1);
    call.writeInt(0);
    call.writeInt(2);
    call.writeInt(0x4000_0000);
    call.writeInt(1);
    for (int i = 0; i < 5; i++) {
      call.writeInt(0);
    }
    return call;
  }

  @Test
  void floodAfterTheFirstReplyFailsConnectWithoutAnotherAddress() {
    junk = Collections.nCopies(5000, callback());
    isAnswered(
        failureOf(opening(TIMEOUT)), Kind.PROTOCOL, "the server floods this client with callbacks");
  }

  @Test
  void garbageAfterExchangeIdFailsAsAnNfsServer() {
    server.script =
        operation -> {
          if (operation instanceof NfsArgop4.ExchangeId) {
            junk = List.of(junk());
          }
          return null;
        };
    CallException failure = failureOf(opening(TIMEOUT));
    isAnswered(failure, Kind.PROTOCOL, "the peer sent a record that is not an RPC message");
  }

  @Test
  void failedBindConnToSessionFailsTheCallWithItsStatus() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    server.sequenceStatus = args -> Nfsstat4.NFS4ERR_CONN_NOT_BOUND_TO_SESSION;
    isAnswered(
        failureOf(session.call(root())),
        Kind.PROTOCOL,
        "the server at server:2049 does not take the connection into the session, 20 times: "
            + "SEQUENCE: NFS4ERR_CONN_NOT_BOUND_TO_SESSION");
  }

  /** The session, slot or sequence id is wrong; the call fails, and the session is dropped. */
  private void isOfAnother(UnaryOperator<Sequence4Resok> lie, String message)
      throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    server.sequenceResult = lie;
    Sessionid4 before = server.lastSession();
    isAnswered(failureOf(session.call(root())), Kind.PROTOCOL, message);
    server.sequenceResult = result -> result;
    assertThat(world.await(session.call(root()), LONG).ok()).isTrue();
    assertThat(server.lastSession()).isNotEqualTo(before);
    assertThat(server.connections()).hasSize(1);
    world.await(session.close(), LONG);
  }

  // RFC 8881 section 18.46.3: the results repeat the arguments
  @Test
  void replyToAnotherRequestFailsTheCallAndTheSession() throws ExecutionException {
    isOfAnother(
        it -> told(it.sessionid(), it.sequenceid() + 5, it.slotid()),
        "the server's reply is to a request with sequence id 7, and this one has 2");
    isOfAnother(
        it -> told(it.sessionid(), it.sequenceid(), it.slotid() + 3),
        "the server's reply is to a request with slot 3, and this one has 0");
    isOfAnother(
        it -> told(new Sessionid4(Opaque.of(new byte[16])), it.sequenceid(), it.slotid()),
        "the server's reply is to a request of another session");
  }

  private static Sequence4Resok told(Sessionid4 session, long sequence, long slot) {
    return new Sequence4Resok(session, sequence, slot, 7, 7, 0);
  }

  @Test
  void serverWithMismatchedRepliesFailsConnect() {
    server.sequenceResult = it -> told(it.sessionid(), it.sequenceid() + 5, it.slotid());
    isAnswered(
        failureOf(opening(TIMEOUT)),
        Kind.PROTOCOL,
        "the server's reply is to a request with sequence id 6, and this one has 1");
  }

  private void putsFilesOff(Nfsstat4 status) {
    server.script =
        operation ->
            operation instanceof NfsArgop4.Putfh
                ? new NfsResop4.Putfh(new Putfh4Res(status))
                : null;
  }

  @Test
  void endlessDelayOfAnOperationIsWaitedForOnce() throws ExecutionException {
    ServerSession session = open(TIMEOUT);
    putsFilesOff(Nfsstat4.NFS4ERR_GRACE);
    CompletableFuture<Results> first = session.call(file());
    assertThat(secondsUntilFailure(first)).isBetween(180L, 190L);
    isAnswered(
        failureOf(first),
        Kind.TIMED_OUT,
        "the server has answered NFS4ERR_GRACE for more than 60 s");
    // NFS4ERR_GRACE of other operations is no progress of this one.
    assertThat(world.await(session.call(root()), LONG).ok()).isTrue();
    assertThat(secondsUntilFailure(session.call(file()))).isBetween(10L, 15L);
    assertThat(secondsUntilFailure(session.call(file()))).isBetween(10L, 15L);
    // After one reply, the next wait starts from zero.
    putsFilesOff(Nfsstat4.NFS4_OK);
    assertThat(world.await(session.call(file()), LONG).ok()).isTrue();
    putsFilesOff(Nfsstat4.NFS4ERR_DELAY);
    assertThat(secondsUntilFailure(session.call(file()))).isBetween(60L, 66L);
    assertThat(secondsUntilFailure(session.call(file()))).isBetween(10L, 15L);
    // The same applies after an idle time.
    world.run(Duration.ofMinutes(2));
    assertThat(secondsUntilFailure(session.call(file()))).isBetween(60L, 66L);
  }
}
