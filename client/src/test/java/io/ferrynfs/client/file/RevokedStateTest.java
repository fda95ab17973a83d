package io.ferrynfs.client.file;

import static io.ferrynfs.client.file.ClientDelegationLab.FILE;
import static io.ferrynfs.client.file.ClientDelegationLab.freed;
import static io.ferrynfs.client.file.ClientDelegationLab.recall;
import static io.ferrynfs.client.file.ClientDelegationLab.stateid;
import static io.ferrynfs.client.file.ClientDelegationLab.tested;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsLock;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Lock4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * State that was revoked, as reported by the flags of SEQUENCE (RFC 8881 section 18.46.3). The
 * client tests its stateids (section 18.48), frees the revoked ones (section 18.38), and reopens or
 * reports the loss.
 */
class RevokedStateTest {
  private static final Stateid4 LOCK = new Stateid4(1, Opaque.ofUtf8("lock stateid"));

  private final ClientDelegationLab world = new ClientDelegationLab();
  private final CopyLab lab = world.lab;

  /** The revoked stateids with their status, until they are freed. */
  private final Map<Opaque, Nfsstat4> revoked = new HashMap<>();

  RevokedStateTest() throws Exception {
    lab.test = stateid -> revoked.getOrDefault(stateid.other(), Nfsstat4.NFS4_OK);
    world.onFree = () -> lab.server.statusFlags = 0;
    world.others =
        operation ->
            operation instanceof NfsArgop4.Lock
                ? new NfsResop4.Lock(new Lock4Res.Ok(new Lock4Resok(LOCK)))
                : null;
  }

  private void revoke(long flag, Nfsstat4 why, Stateid4... which) {
    lab.server.statusFlags = flag;
    for (Stateid4 one : which) {
      revoked.put(one.other(), why);
    }
    lab.forget();
  }

  private void revokeDelegation(int number) {
    revoke(
        Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED, Nfsstat4.NFS4ERR_DELEG_REVOKED, stateid(number));
  }

  @Test
  void revokedDelegationIsFreedAndNotUsed() throws Exception {
    NfsFile file = world.openDelegated();
    revokeDelegation(1);
    world.passOneRenewal();
    assertThat(lab.requests())
        .containsExactly(
            tested(stateid(1), openStateid(1), openStateid(2), openStateid(3)), freed(stateid(1)));
    lab.size = 2000;
    assertThat(world.size(file)).isEqualTo(2000);
    lab.size = 3000;
    assertThat(world.size(file)).isEqualTo(3000);
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
    lab.forget();
    lab.await(file.closeAsync());
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).isEmpty();
  }

  // The flag stays set while any stateid is not freed, so it does not report the second revocation.
  @Test
  void revocationDuringRecoveryIsFoundToo() throws Exception {
    world.openDelegated();
    lab.await(lab.client.openAsync(NfsPath.of("/c"), NfsOpenOptions.forReading()));
    world.onFree = () -> {};
    revokeDelegation(1);
    world.passOneRenewal();
    assertThat(lab.sent(NfsOpnum4.OP_FREE_STATEID)).containsExactlyElementsOf(freed(stateid(1)));
    revoked.clear();
    revokeDelegation(2);
    world.onFree = () -> lab.server.statusFlags = 0;
    world.passOneRenewal();
    assertThat(lab.sent(NfsOpnum4.OP_FREE_STATEID)).containsExactlyElementsOf(freed(stateid(2)));
  }

  @Test
  void flagThatStaysSetIsHandledToALimit() throws Exception {
    NfsFile file = world.openDelegated();
    world.onFree = () -> {};
    revoke(Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED, Nfsstat4.NFS4_OK);
    for (int second = 0; second < 60; second++) {
      lab.await(file.readAsync(ByteBuffer.allocate(10), 0));
      world.pass(Duration.ofSeconds(1));
    }
    assertThat(lab.sent(NfsOpnum4.OP_TEST_STATEID)).hasSizeBetween(8, 13);
    assertThat(lab.sent(NfsOpnum4.OP_FREE_STATEID)).isEmpty();
  }

  @Test
  void openRevokedByTheAdministratorIsFreedAndReopenedOnUse() throws Exception {
    world.stopDelegating();
    NfsFile file = world.openDelegated();
    Stateid4 before = openStateid(3);
    revoke(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED, Nfsstat4.NFS4ERR_ADMIN_REVOKED, before);
    world.passOneRenewal();
    assertThat(lab.requests())
        .containsExactly(tested(openStateid(1), openStateid(2), before), freed(before));
    refuseReads(before);
    assertThat(lab.await(file.readAsync(ByteBuffer.allocate(10), 0))).isEqualTo(10);
    assertThat(((NfsArgop4.Open) lab.sent(NfsOpnum4.OP_OPEN).getLast()).args().claim())
        .isEqualTo(new OpenClaim4.Fh());
  }

  /** READs with a stateid that the server does not know. */
  private void refuseReads(Stateid4 unknown) {
    var usual = lab.server.script;
    lab.server.script =
        operation ->
            operation instanceof NfsArgop4.Read(var args)
                    && args.stateid().other().equals(unknown.other())
                ? new NfsResop4.Read(new Read4Res.Failed(Nfsstat4.NFS4ERR_BAD_STATEID))
                : usual.apply(operation);
  }

  @Test
  void lockLostWithTheLeaseIsReportedAndTheFileContinues() throws Exception {
    NfsLock lock = lab.await(lab.a.lockAsync(0, 10, true));
    revoke(Nfs4.SEQ4_STATUS_EXPIRED_SOME_STATE_REVOKED, Nfsstat4.NFS4ERR_EXPIRED, LOCK);
    world.passOneRenewal();
    assertThat(lab.requests())
        .containsExactly(tested(openStateid(1), LOCK, openStateid(2)), freed(LOCK));
    assertThat(lock.isValid()).isFalse();
    assertThat(lab.failureOf(lab.a.readAsync(ByteBuffer.allocate(10), 0)).reason())
        .isEqualTo(Reason.STATE_LOST);
    lab.await(lock.closeAsync());
    assertThat(lab.await(lab.a.readAsync(ByteBuffer.allocate(10), 0))).isEqualTo(10);
    assertThat(lab.sent(NfsOpnum4.OP_LOCKU)).isEmpty();
  }

  @Test
  void allStateidsAreFreedAfterTheLeaseExpired() throws Exception {
    NfsFile file = world.openDelegated();
    NfsLock lock = lab.await(file.lockAsync(0, 10, true));
    revoke(
        Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED,
        Nfsstat4.NFS4ERR_EXPIRED,
        stateid(1),
        openStateid(1),
        openStateid(2),
        openStateid(3),
        LOCK);
    world.passOneRenewal();
    assertThat(lab.sent(NfsOpnum4.OP_FREE_STATEID)).hasSize(5);
    assertThat(lock.isValid()).isFalse();
    assertThat(lab.failureOf(file.readAsync(ByteBuffer.allocate(10), 0)).reason())
        .isEqualTo(Reason.STATE_LOST);
    refuseReads(openStateid(1));
    assertThat(lab.await(lab.a.readAsync(ByteBuffer.allocate(10), 0))).isEqualTo(10);
    assertThat(lab.sent(NfsOpnum4.OP_OPEN)).hasSize(1);
  }

  @Test
  void validStateidsAreNotFreed() throws Exception {
    world.openDelegated();
    revoke(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED, Nfsstat4.NFS4_OK);
    world.passOneRenewal();
    assertThat(lab.requests())
        .containsExactly(
            List.copyOf(tested(stateid(1), openStateid(1), openStateid(2), openStateid(3))));
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4_OK);
  }
}
