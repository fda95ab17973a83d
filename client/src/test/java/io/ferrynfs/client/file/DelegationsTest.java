package io.ferrynfs.client.file;

import static io.ferrynfs.client.file.ClientDelegationLab.FILE;
import static io.ferrynfs.client.file.ClientDelegationLab.OTHER_FILE;
import static io.ferrynfs.client.file.ClientDelegationLab.delegreturn;
import static io.ferrynfs.client.file.ClientDelegationLab.recall;
import static io.ferrynfs.client.file.ClientDelegationLab.returned;
import static io.ferrynfs.client.file.ClientDelegationLab.stateid;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.CbRecallAny4Args;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsSpaceLimit4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenWriteDelegation4;
import io.ferrynfs.wire.nfs4.ReferringCall4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Read delegations without failures (RFC 8881 sections 10.4, 20.2 and 20.6). */
class DelegationsTest {
  private static final NfsPath PATH = NfsPath.of("/a");

  private final ClientDelegationLab world = new ClientDelegationLab();
  private final CopyLab lab = world.lab;

  DelegationsTest() throws Exception {}

  /** The pending OPEN, in the first slot of the first session. */
  private static ReferringCallList4 theOpen(long sequenceid) {
    Opaque session = Opaque.of(ByteBuffer.allocate(16).putInt(0, 1).array());
    return new ReferringCallList4(
        new Sessionid4(session), List.of(new ReferringCall4(sequenceid, 0)));
  }

  // RFC 8881 section 2.10.6.3
  @Test
  void recallBeforeTheReplyToItsOpenIsDelayed() throws Exception {
    lab.server.hold = true;
    CompletableFuture<NfsFile> opening = lab.client.openAsync(PATH, NfsOpenOptions.forReading());
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), Duration.ofMinutes(1)))
        .isTrue();
    assertThat(lab.callback(recall(FILE, stateid(1)), theOpen(7)))
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    lab.server.hold = false;
    lab.server.held.removeFirst().run();
    NfsFile file = lab.await(opening);
    lab.forget();
    assertThat(lab.callback(recall(FILE, stateid(1)), theOpen(7))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.requests()).containsExactly(returned(FILE, 1));
    assertThat(lab.await(file.readAsync(ByteBuffer.allocate(10), 0))).isEqualTo(10);
  }

  // RFC 8881 section 2.10.6.3: and it is not delayed for longer than the OPEN takes
  @Test
  void recallAfterAFailedOpenFails() throws Exception {
    lab.server.hold = true;
    CompletableFuture<NfsFile> opening = lab.client.openAsync(PATH, NfsOpenOptions.forReading());
    lab.world.runUntil(() -> !lab.server.held.isEmpty(), Duration.ofMinutes(1));
    lab.failureOf(opening);
    lab.server.hold = false;
    lab.server.held.clear();
    lab.server.connections().forEach(connection -> connection.close());
    world.passOneRenewal();
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
  }

  // RFC 8881 section 20.2.3
  @Test
  void recallOfAnUnknownDelegationFails() throws Exception {
    NfsFile file = world.openDelegated();
    assertThat(lab.callback(recall(OTHER_FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
    assertThat(lab.callback(recall(FILE, stateid(2)))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    lab.size = 2000;
    assertThat(world.size(file)).as("cached attributes are still used").isEqualTo(1000);
    assertThat(lab.requests()).isEmpty();
  }

  // RFC 8881 sections 20.2, 2.10.6.1.3
  @Test
  void repeatedRecallReturnsTheDelegationOnce() throws Exception {
    NfsFile file = world.openDelegated();
    lab.server.hold = true;
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.repeatCallback();
    assertThat(lab.callback(recall(FILE, stateid(1)))).as("a replay").isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.callback(recall(FILE, stateid(1))))
        .as("the DELEGRETURN is in flight")
        .isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
    lab.server.hold = false;
    List.copyOf(lab.server.held).forEach(Runnable::run);
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    lab.size = 2000;
    assertThat(world.size(file)).isEqualTo(2000);
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).containsExactly(delegreturn(1));
  }

  // RFC 8881 section 20.6.3
  @Test
  void recallAnyReturnsTheExcessDelegations() throws Exception {
    world.openDelegated();
    lab.await(lab.client.openAsync(NfsPath.of("/c"), NfsOpenOptions.forReading()));
    lab.await(lab.client.openAsync(NfsPath.of("/d"), NfsOpenOptions.forReading()));
    lab.forget();
    assertThat(lab.callback(recallAny(3, Nfs4.RCA4_TYPE_MASK_RDATA_DLG)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.callback(recallAny(0, Nfs4.RCA4_TYPE_MASK_WDATA_DLG)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.callback(recallAny(0, Nfs4.RCA4_TYPE_MASK_OTHER_LAYOUT_MAX)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    world.pass(Duration.ofSeconds(1));
    assertThat(lab.requests()).isEmpty();
    assertThat(lab.callback(recallAny(1, Nfs4.RCA4_TYPE_MASK_RDATA_DLG)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.until(NfsOpnum4.OP_DELEGRETURN, 2);
    assertThat(lab.callback(recallAny(0, Nfs4.RCA4_TYPE_MASK_RDATA_DLG)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.until(NfsOpnum4.OP_DELEGRETURN, 3);
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN))
        .containsExactlyInAnyOrder(delegreturn(1), delegreturn(2), delegreturn(3));
  }

  // RFC 8881 section 20.6.3: NFS4ERR_INVAL MUST be returned for an undefined type
  @Test
  void recallAnyOfAnUndefinedTypeFails() throws Exception {
    world.openDelegated();
    Bitmap4 known = Bitmap4.of((int) Nfs4.RCA4_TYPE_MASK_RDATA_DLG);
    for (int undefined : new int[] {5, 10, 11, 16, 40}) {
      assertThat(
              lab.callback(
                  new NfsCbArgop4.RecallAny(new CbRecallAny4Args(0, known.with(undefined)))))
          .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    }
    world.pass(Duration.ofSeconds(1));
    assertThat(lab.requests()).isEmpty();
  }

  private static NfsCbArgop4 recallAny(long keep, long type) {
    return new NfsCbArgop4.RecallAny(new CbRecallAny4Args(keep, Bitmap4.of((int) type)));
  }

  // RFC 8881 section 10.4.5: a client without a callback path must not keep delegations
  @Test
  void lossOfTheCallbackPathReturnsAllDelegationsAndReconnects() throws Exception {
    NfsFile file = world.openDelegated();
    lab.server.statusFlags = Nfs4.SEQ4_STATUS_CB_PATH_DOWN;
    List<NfsOpnum4> order = new ArrayList<>();
    world.others =
        operation -> {
          order.add(operation.argop());
          return null;
        };
    world.passOneRenewal();
    lab.server.statusFlags = 0;
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).containsExactly(delegreturn(1));
    assertThat(order).contains(NfsOpnum4.OP_BIND_CONN_TO_SESSION);
    lab.size = 2000;
    assertThat(world.size(file)).as("the server's value").isEqualTo(2000);
    assertThat(world.openDelegated()).isNotNull();
    assertThat(world.size(file)).isEqualTo(2000);
  }

  // RFC 8881 sections 18.2.3, 18.6
  @Test
  void closeReturnsTheDelegationInTheSameCompound() throws Exception {
    NfsFile file = world.openDelegated();
    lab.await(file.closeAsync());
    assertThat(lab.requests())
        .containsExactly(
            List.of(
                CompoundOps.put(FILE),
                new NfsArgop4.Close(new Close4Args(0, openStateid(3))),
                delegreturn(1)));
  }

  @Test
  void revokedDelegationIsFreed() throws Exception { // RFC 8881 section 18.38.3
    NfsFile file = world.openDelegated();
    world.returning = Nfsstat4.NFS4ERR_DELEG_REVOKED;
    lab.await(file.closeAsync());
    lab.until(NfsOpnum4.OP_FREE_STATEID, 1);
    assertThat(lab.sent(NfsOpnum4.OP_FREE_STATEID))
        .containsExactly(new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid(1))));
  }

  // RFC 8881 section 18.50.3: a client that holds state cannot be destroyed
  @Test
  void closingTheClientReturnsAllDelegations() throws Exception {
    world.openDelegated();
    lab.await(lab.client.openAsync(NfsPath.of("/c"), NfsOpenOptions.forReading()));
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.server.hold = true;
    CompletableFuture<Void> closed = lab.client.closeAsync();
    lab.world.run(Duration.ofSeconds(1));
    List<Runnable> returns = List.copyOf(lab.server.held);
    lab.server.held.clear();
    assertThat(closed).isNotDone();
    lab.server.hold = false;
    returns.forEach(Runnable::run);
    lab.await(closed);
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN))
        .containsExactlyInAnyOrder(delegreturn(1), delegreturn(2));
    List<NfsOpnum4> last =
        lab.server.executed.stream().map(each -> each.argarray().getLast().argop()).toList();
    assertThat(last.lastIndexOf(NfsOpnum4.OP_DELEGRETURN))
        .isLessThan(last.indexOf(NfsOpnum4.OP_DESTROY_SESSION));
  }

  // RFC 8881 section 10.4: every open is an open at the server
  @Test
  void secondOpenForReadingKeepsTheDelegation() throws Exception {
    NfsFile first = world.openDelegated();
    world.stopDelegating();
    NfsFile second = lab.openSource();
    Open4Args asked = ((NfsArgop4.Open) lab.sent(NfsOpnum4.OP_OPEN).getLast()).args();
    assertThat(asked.claim()).isEqualTo(new OpenClaim4.Null(Opaque.ofUtf8("a")));
    assertThat(asked.shareAccess())
        .isEqualTo(Nfs4.OPEN4_SHARE_ACCESS_READ | Nfs4.OPEN4_SHARE_ACCESS_WANT_READ_DELEG);
    lab.await(second.closeAsync());
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).isEmpty();
    lab.await(first.closeAsync());
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).containsExactly(delegreturn(1));
  }

  @Test
  void secondDelegationOfAFileIsReturnedAtOnce() throws Exception {
    world.openDelegated();
    lab.openSource();
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).containsExactly(delegreturn(2));
  }

  @Test
  void openForWritingReturnsTheDelegationAndDropsTheCache() throws Exception {
    NfsFile file = world.openDelegated();
    world.stopDelegating();
    lab.size = 2000;
    lab.await(lab.client.openAsync(PATH, NfsOpenOptions.forWriting()));
    assertThat(world.size(file)).isEqualTo(2000);
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).containsExactly(delegreturn(1));
  }

  @Test
  void unsolicitedDelegationIsReturnedAtOnce() throws Exception {
    lab.delegation =
        args ->
            new OpenDelegation4.Write(
                new OpenWriteDelegation4(
                    stateid(1),
                    false,
                    new NfsSpaceLimit4.Size(0),
                    new Nfsace4(0, 0, 0, Opaque.EMPTY)));
    lab.await(lab.client.openAsync(NfsPath.of("/c"), NfsOpenOptions.forWriting()));
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.requests().getLast()).isEqualTo(returned(OTHER_FILE, 1));
  }

  @Test
  void delegationGrantedWithARecallIsReturnedAtOnce() throws Exception { // RFC 8881 section 18.16.3
    world.isRecalled = true;
    lab.openSource();
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.requests().getLast()).isEqualTo(returned(FILE, 1));
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
  }
}
