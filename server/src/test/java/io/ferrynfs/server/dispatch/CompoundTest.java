package io.ferrynfs.server.dispatch;

import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.getfh;
import static io.ferrynfs.server.testing.Ops.lookup;
import static io.ferrynfs.server.testing.Ops.open;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.ServerStatistics;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Illegal4Res;
import io.ferrynfs.wire.nfs4.Layouterror4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Renew4Args;
import io.ferrynfs.wire.nfs4.SecinfoStyle4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rules of a COMPOUND: RFC 8881 sections 2.10.2.1, 15.1, 16.2 and 18.52. */
class CompoundTest {
  private final TestServer server = TestServer.start();
  private final RawClient client = server.client("alpha").mount();

  private static Compound4Res reply(Nfsstat4 status, NfsResop4... results) {
    return new Compound4Res(status, Opaque.ofUtf8("tag"), List.of(results));
  }

  /** Sends a COMPOUND in the session whose last operations the test encodes. */
  private CallReply callRaw(long slot, int operations, Consumer<XdrWriter> tail) {
    return client
        .connection()
        .send(
            RawClient.user(0),
            1,
            out -> {
              out.writeOpaque(Opaque.ofUtf8("tag"), 100);
              out.writeUint32(2);
              out.writeInt(operations);
              client.sequence(slot, 1, false).encode(out);
              putrootfh().encode(out);
              tail.accept(out);
            });
  }

  @Test
  void nullReturnsNothing() {
    assertThat(server.connect().send(Credential.none(), 0, out -> {}).results())
        .isEqualTo(Opaque.EMPTY);
  }

  @Test
  void otherProgramsVersionsAndProceduresAreRejected() {
    TestConnection connection = server.connect();
    assertThat(connection.send(Credential.none(), 100005, 3, 0, out -> {}).reject())
        .isEqualTo(RpcReject.PROG_UNAVAIL);
    assertThat(connection.send(Credential.none(), 100003, 3, 0, out -> {}).reject())
        .isEqualTo(new RpcReject.ProgMismatch(4, 4));
    assertThat(connection.send(Credential.none(), 100003, 4, 2, out -> {}).reject())
        .isEqualTo(RpcReject.PROC_UNAVAIL);
  }

  @Test
  void undecodableHeaderIsRejectedAsGarbage() {
    assertThat(server.connect().send(Credential.none(), 1, out -> out.writeInt(-1)).reject())
        .isEqualTo(RpcReject.GARBAGE_ARGS);
  }

  @Test
  void otherMinorVersionsFailWithoutResults() { // W-001
    for (int minor : new int[] {0, 3, 100}) {
      assertThat(client.minorVersion(minor).compound(putrootfh()))
          .isEqualTo(reply(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH));
    }
  }

  @Test
  void compoundWithoutOperationsSucceeds() {
    assertThat(client.compound()).isEqualTo(reply(Nfsstat4.NFS4_OK));
  }

  @Test
  void operationBeforeSequenceFails() { // W-022
    assertThat(client.compound(getfh()))
        .isEqualTo(
            reply(
                Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION,
                new NfsResop4.Getfh(new Getfh4Res.Failed(Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION))));
  }

  @Test
  void sequenceThatIsNotFirstFails() {
    Compound4Res res = client.call(putrootfh(), client.sequence(1, 1, false));
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_SEQUENCE_POS);
    assertThat(res.resarray()).hasSize(3);
  }

  @Test
  void operationThatNeedsNoSessionMustBeAloneOutsideOne() {
    assertThat(client.compound(client.exchangeIdArgs(0), putrootfh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOT_ONLY_OP);
    assertThat(client.call(client.exchangeIdArgs(0)).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void unknownOperationIsIllegalAfterTheResultsBeforeIt() { // W-023, W-024
    for (int number : new int[] {0, 2, 76, 10044, -1}) {
      RawClient other = server.client("for " + number).mount();
      CallReply answer =
          other
              .connection()
              .send(
                  RawClient.user(0),
                  1,
                  out -> {
                    out.writeOpaque(Opaque.ofUtf8("tag"), 100);
                    out.writeUint32(2);
                    out.writeInt(3);
                    other.sequence(1, 1, false).encode(out);
                    putrootfh().encode(out);
                    out.writeInt(number);
                  });
      Compound4Res res = RawClient.decode(answer);
      assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_OP_ILLEGAL);
      assertThat(res.resarray().getLast())
          .isEqualTo(new NfsResop4.Illegal(new Illegal4Res(Nfsstat4.NFS4ERR_OP_ILLEGAL)));
    }
  }

  @Test
  void operationOfMinorVersionTwoIsIllegalInMinorVersionOne() {
    NfsArgop4 layoutError =
        new NfsArgop4.Layouterror(new Layouterror4Args(0, 0, Stateids.CURRENT, List.of()));
    assertThat(client.call(putrootfh(), layoutError).status()).isEqualTo(Nfsstat4.NFS4ERR_NOTSUPP);
    assertThat(client.minorVersion(1).call(putrootfh(), layoutError).status())
        .isEqualTo(Nfsstat4.NFS4ERR_OP_ILLEGAL);
  }

  @Test
  void operationOfMinorVersionZeroIsNotSupported() {
    assertThat(client.call(new NfsArgop4.Renew(new Renew4Args(1))).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOTSUPP);
  }

  @Test
  void undecodableOperationDoesNotPreventTheOnesBeforeIt() {
    Compound4Res res =
        RawClient.decode(
            callRaw(
                1,
                4,
                out -> {
                  getfh().encode(out);
                  NfsOpnum4.OP_LOOKUP.encode(out);
                  out.writeInt(1 << 30);
                }));
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_BADXDR);
    assertThat(res.resarray()).hasSize(4);
    assertThat(res.resarray().get(2).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(res.resarray().getLast().resop()).isEqualTo(NfsOpnum4.OP_LOOKUP);
  }

  @Test
  void fewerOperationsThanAnnouncedReturnBadxdr() {
    Compound4Res res = RawClient.decode(callRaw(1, 5, out -> {}));
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_BADXDR);
    assertThat(res.resarray()).hasSize(3);
  }

  @Test
  void tagIsReturnedWhateverItsBytes() {
    Opaque tag = Opaque.of((byte) 0xff, (byte) 0, (byte) 0xc3);
    Compound4Args args = new Compound4Args(tag, 2, List.of(getfh()));
    CallReply answer = client.connection().send(RawClient.user(0), 1, args::encode);
    assertThat(RawClient.decode(answer).tag()).isEqualTo(tag);
  }

  @Test
  void bulkOperationReceivesDelayWhenThePoolIsFull() {
    client.call(putrootfh(), open("o", "f", READ, NONE));
    server.env().setPoolsFull(true);
    assertThat(client.call(putrootfh(), lookup("f"), Ops.read(Stateids.ANONYMOUS, 1)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    server.env().setPoolsFull(false);
    assertThat(client.call(putrootfh(), lookup("f"), Ops.read(Stateids.ANONYMOUS, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void operationsWithoutACurrentFilehandleReturnNofilehandle() {
    assertThat(client.call(getfh()).status()).isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    assertThat(client.call(new NfsArgop4.Savefh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    assertThat(client.call(putrootfh(), new NfsArgop4.Restorefh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
  }

  @Test
  void filehandleOfAnotherServerIsStaleAndNotBad() { // captures: Linux falls back on STALE only
    NfsFh4 foreign = new NfsFh4(Opaque.of(new byte[] {1, 0, 7, 2, 99, 0, 0, 0, 5, 5, 5, 5, 5, 5}));
    Compound4Res res = client.call(putfh(foreign), getfh());
    assertThat(res.resarray().getLast())
        .isEqualTo(new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4ERR_STALE)));
  }

  @Test
  void restorefhRestoresTheSavedFilehandle() {
    NfsFh4 root = Ops.filehandle(client.call(putrootfh(), getfh()).resarray());
    Compound4Res res =
        client.call(
            putrootfh(),
            new NfsArgop4.Savefh(),
            open("o", "f", READ, NONE),
            new NfsArgop4.Restorefh(),
            getfh());
    assertThat(Ops.filehandle(res.resarray())).isEqualTo(root);
  }

  @Test
  void currentStateidIsThatOfThePrecedingOpen() { // T-015, RFC 8881 section 16.2.3.1.2
    Compound4Res res =
        client.call(
            putrootfh(),
            open("o", "f", READ, NONE),
            Ops.read(Stateids.CURRENT, 1),
            Ops.close(Stateids.CURRENT));
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.call(putrootfh(), lookup("f"), Ops.read(Stateids.CURRENT, 1)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void secinfoConsumesTheCurrentFilehandle() { // RFC 8881 section 2.6.3.1.1.8
    NfsArgop4 secinfo = new NfsArgop4.SecinfoNoName(SecinfoStyle4.SECINFO_STYLE4_CURRENT_FH);
    assertThat(client.call(putrootfh(), secinfo).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.call(putrootfh(), secinfo, getfh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    NfsArgop4 parent = new NfsArgop4.SecinfoNoName(SecinfoStyle4.SECINFO_STYLE4_PARENT);
    assertThat(client.call(putrootfh(), parent).status()).isEqualTo(Nfsstat4.NFS4ERR_NOENT);
  }

  @Test
  void operationsAreCountedWithTheirFailuresAndTime() {
    client.call(putrootfh(), lookup("absent"));
    client.call(putrootfh(), open("o", "f", READ, NONE));
    server.env().holdPools();
    CallReply slow = client.postCall(putrootfh(), lookup("f"), Ops.read(Stateids.ANONYMOUS, 1));
    server.env().advance(Duration.ofSeconds(3));
    server.env().releasePools();
    assertThat(slow.isComplete()).isTrue();
    Observer counted = server.observer();
    assertThat(counted.operation(NfsOpnum4.OP_LOOKUP))
        .isEqualTo(new ServerStatistics.OperationCount(2, 1, Duration.ZERO, Duration.ZERO));
    assertThat(counted.operation(NfsOpnum4.OP_READ))
        .isEqualTo(new ServerStatistics.OperationCount(1, 0, Duration.ofSeconds(3), Duration.ZERO));
    assertThat(counted.operation(NfsOpnum4.OP_COPY))
        .isEqualTo(new ServerStatistics.OperationCount(0, 0, Duration.ZERO, Duration.ZERO));
  }
}
