package io.ferrynfs.client.backchannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.client.testing.ScriptedServer;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Res;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Res;
import io.ferrynfs.wire.nfs4.CbRecallSlot4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class CallbackServiceTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int PROGRAM = 0x4000_0000;
  private static final Stateid4 STATEID = new Stateid4(1, Opaque.of(new byte[12]));
  private static final NfsFh4 FILE = new NfsFh4(Opaque.ofUtf8("file"));
  private static final NfsCbArgop4 OFFLOAD =
      new NfsCbArgop4.Offload(
          new CbOffload4Args(FILE, STATEID, new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_IO, 5)));

  private final Simulation world = new Simulation(3);
  private final ScriptedServer server;
  private final List<Object> handled = new ArrayList<>();
  private final ServerSession session;

  CallbackServiceTest() throws Exception {
    server = new ScriptedServer(world.host("server"));
    CallbackHandler handler =
        new CallbackHandler() {
          @Override
          public Nfsstat4 recall(CbRecall4Args args) {
            handled.add(args);
            return Nfsstat4.NFS4_OK;
          }

          @Override
          public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
            handled.add(args);
            return Nfsstat4.NFS4ERR_BAD_STATEID;
          }
        };
    session =
        world.await(
            ServerSession.open(
                world.host("client"),
                SessionOptions.builder(
                        InetSocketAddress.createUnresolved("server", ScriptedServer.PORT),
                        Credential.none(),
                        Opaque.ofUtf8("owner"))
                    .slotsMax(8)
                    .transferBytesMax(1 << 16)
                    .build(),
                handler),
            MINUTE);
  }

  private static Sessionid4 sessionid(int number) {
    return new Sessionid4(Opaque.of(ByteBuffer.allocate(16).putInt(0, number).array()));
  }

  private static NfsCbArgop4 sequence(int session, long slot, long sequenceid) {
    return new NfsCbArgop4.Sequence(
        new CbSequence4Args(sessionid(session), sequenceid, slot, slot, true, List.of()));
  }

  private RpcReply call(int program, int version, int procedure, NfsCbArgop4... operations)
      throws ExecutionException {
    CbCompound4Args args = new CbCompound4Args(Opaque.ofUtf8("tag"), 2, 0, List.of(operations));
    return world.await(
        server
            .connections()
            .getFirst()
            .call(RpcRequest.of(program, version, procedure, Credential.none(), args::encode)),
        MINUTE);
  }

  private CbCompound4Res callback(NfsCbArgop4... operations) throws Exception {
    try (RpcReply reply = call(PROGRAM, 1, 1, operations)) {
      return CbCompound4Res.decode(reply.results());
    }
  }

  private static List<Nfsstat4> statuses(CbCompound4Res reply) {
    return reply.resarray().stream().map(NfsCbResop4::status).toList();
  }

  @Test
  void cbNullSucceeds() throws Exception {
    call(PROGRAM, 1, 0).close();
  }

  @Test
  void otherProgramsVersionsAndProceduresAreRejected() {
    assertThat(kind(1, 1, 1)).isEqualTo(RpcException.Kind.PROG_UNAVAIL);
    assertThat(kind(PROGRAM, 4, 1)).isEqualTo(RpcException.Kind.PROG_MISMATCH);
    assertThat(kind(PROGRAM, 1, 2)).isEqualTo(RpcException.Kind.PROC_UNAVAIL);
  }

  private RpcException.Kind kind(int program, int version, int procedure) {
    try {
      call(program, version, procedure).close();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RpcException rpc) {
        return rpc.kind();
      }
    }
    throw new AssertionError("was answered");
  }

  @Test
  void recallReachesTheHandler() throws Exception {
    CbRecall4Args recall = new CbRecall4Args(STATEID, true, FILE);
    CbCompound4Res reply = callback(sequence(1, 0, 1), new NfsCbArgop4.Recall(recall));
    assertThat(handled).containsExactly(recall);
    assertThat(reply.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reply.tag()).isEqualTo(Opaque.ofUtf8("tag"));
    assertThat(reply.resarray().get(1))
        .isEqualTo(new NfsCbResop4.Recall(new CbRecall4Res(Nfsstat4.NFS4_OK)));
  }

  @Test // B-011
  void replayedCallbackIsAnsweredFromTheReplyCache() throws Exception {
    CbCompound4Res first = callback(sequence(1, 0, 1), OFFLOAD);
    CbCompound4Res again = callback(sequence(1, 0, 1), OFFLOAD);
    assertThat(first.resarray().get(1))
        .isEqualTo(new NfsCbResop4.Offload(new CbOffload4Res(Nfsstat4.NFS4ERR_BAD_STATEID)));
    assertThat(again).isEqualTo(first);
    assertThat(handled).hasSize(1);
  }

  @Test
  void sequenceIdsIncreaseByOnePerSlot() throws Exception {
    assertThat(statuses(callback(sequence(1, 0, 2))))
        .containsExactly(Nfsstat4.NFS4ERR_SEQ_MISORDERED);
    assertThat(statuses(callback(sequence(1, 0, 1)))).containsExactly(Nfsstat4.NFS4_OK);
    assertThat(statuses(callback(sequence(1, 1, 1)))).containsExactly(Nfsstat4.NFS4_OK);
    assertThat(statuses(callback(sequence(1, 0, 2)))).containsExactly(Nfsstat4.NFS4_OK);
    assertThat(statuses(callback(sequence(1, 16, 1)))).containsExactly(Nfsstat4.NFS4ERR_BADSLOT);
  }

  @Test
  void callbackOfAnotherSessionIsRejected() throws Exception {
    assertThat(statuses(callback(sequence(9, 0, 1)))).containsExactly(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(statuses(callback(OFFLOAD))).containsExactly(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
    assertThat(handled).isEmpty();
  }

  @Test // B-017
  void unsupportedCallbacksFailWithNotsupp() throws Exception {
    CbCompound4Res wants =
        callback(
            sequence(1, 0, 1),
            new NfsCbArgop4.WantsCancelled(
                new io.ferrynfs.wire.nfs4.CbWantsCancelled4Args(true, true)),
            OFFLOAD);
    assertThat(statuses(wants)).containsExactly(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_NOTSUPP);
    CbCompound4Res unknown = callback(sequence(1, 0, 2), new NfsCbArgop4.Unknown(99));
    assertThat(statuses(unknown)).containsExactly(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_OP_ILLEGAL);
    assertThat(handled).isEmpty();
  }

  @Test
  void recallSlotReducesTheSlots() throws Exception {
    callback(sequence(1, 0, 1), new NfsCbArgop4.RecallSlot(new CbRecallSlot4Args(0)));
    server.hold = true;
    var one = session.call(Compound.of().build());
    var two = session.call(Compound.of().build());
    world.run(Duration.ofSeconds(1));
    assertThat(server.held).hasSize(1);
    server.hold = false;
    server.held.getFirst().run();
    world.await(one, MINUTE);
    world.await(two, MINUTE);
  }

  @Test // B-018
  void callbacksWorkOnALaterConnection() throws Exception {
    server.connections().getFirst().close();
    world.await(session.call(Compound.of().build()), MINUTE);
    assertThat(statuses(callback(sequence(1, 0, 1), OFFLOAD)))
        .containsExactly(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_BAD_STATEID);
    server.forgetSessions();
    world.await(session.call(Compound.of().build()), MINUTE);
    assertThat(statuses(callback(sequence(2, 0, 1), OFFLOAD)))
        .containsExactly(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  // RFC 8881 section 2.10.6.4
  @Test
  void callbackBeyondTheNegotiatedSizeIsRejected() throws Exception {
    NfsCbArgop4[] nine = new NfsCbArgop4[9];
    java.util.Arrays.fill(nine, OFFLOAD);
    nine[0] = sequence(1, 0, 1);
    assertThat(statuses(callback(nine))).containsExactly(Nfsstat4.NFS4ERR_TOO_MANY_OPS);
    CbRecall4Args big = new CbRecall4Args(STATEID, true, new NfsFh4(Opaque.of(new byte[128])));
    NfsCbArgop4[] large = {sequence(1, 0, 1), new NfsCbArgop4.Recall(big)};
    assertThat(statuses(callback(large))).containsExactly(Nfsstat4.NFS4_OK, Nfsstat4.NFS4_OK);
    assertThat(handled).hasSize(1);
  }

  /** One callback after another, as a server with one slot sends them. */
  @Test
  void callbacksAtANormalRateAreServed() throws Exception {
    for (int i = 1; i <= 3000; i++) {
      world.run(Duration.ofMillis(1));
      assertThat(callback(sequence(1, 0, i), OFFLOAD).resarray()).hasSize(2);
    }
    assertThat(server.connections()).hasSize(1);
  }

  @Test
  void floodOfCallbacksClosesTheConnectionAndFailsTheCalls() {
    server.swallows =
        args ->
            args.argarray().stream()
                .anyMatch(io.ferrynfs.wire.nfs4.NfsArgop4.Putrootfh.class::isInstance);
    var call = session.call(Compound.of(new io.ferrynfs.wire.nfs4.NfsArgop4.Putrootfh()).build());
    var failed =
        call.handle((done, failure) -> io.ferrynfs.client.session.CallFailures.words(failure));
    int sent = 0;
    while (!failed.isDone()) {
      var connections = server.connections();
      if (!connections.isEmpty()) {
        for (int i = 0; i < 100; i++, sent++) {
          var _ =
              connections
                  .getLast()
                  .call(RpcRequest.of(PROGRAM, 1, 0, Credential.none(), out -> {}));
        }
      }
      world.run(Duration.ofMillis(1));
      assertThat(sent).isLessThan(10_000_000);
    }
    assertThat(failed.join())
        .isEqualTo(
            "the server at server:2049 was disconnected 20 times because of invalid data: "
                + "the server floods this client with callbacks");
  }
}
