package io.ferrynfs.client.file;

import static io.ferrynfs.client.file.ClientDelegationLab.FILE;
import static io.ferrynfs.client.file.ClientDelegationLab.delegreturn;
import static io.ferrynfs.client.file.ClientDelegationLab.recall;
import static io.ferrynfs.client.file.ClientDelegationLab.returned;
import static io.ferrynfs.client.file.ClientDelegationLab.stateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenDelegationType4;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Read delegations after a restart of the server (RFC 8881 sections 10.2.1 and 18.16.3). The client
 * keeps no delegation over its own restart, so it never uses CLAIM_DELEGATE_PREV.
 */
class ClientDelegationReclaimTest {
  private static final OpenClaim4 DELEGATED =
      new OpenClaim4.Previous(OpenDelegationType4.OPEN_DELEGATE_READ);
  private static final OpenClaim4 NOT_DELEGATED =
      new OpenClaim4.Previous(OpenDelegationType4.OPEN_DELEGATE_NONE);

  private final ClientDelegationLab world = new ClientDelegationLab();
  private final CopyLab lab = world.lab;
  private final NfsFile file = world.openDelegated();

  ClientDelegationReclaimTest() throws Exception {}

  private List<OpenClaim4> claims() {
    return lab.sent(NfsOpnum4.OP_OPEN).stream()
        .map(open -> ((NfsArgop4.Open) open).args().claim())
        .toList();
  }

  @Test
  void delegationIsReclaimedWithItsOpen() throws Exception {
    lab.server.forgetClients();
    lab.delegation =
        args -> args.claim().equals(DELEGATED) ? world.granted(9) : new OpenDelegation4.None();
    world.passOneRenewal();
    assertThat(claims()).containsExactly(NOT_DELEGATED, NOT_DELEGATED, DELEGATED);
    assertThat(lab.order().getLast()).isEqualTo(NfsOpnum4.OP_RECLAIM_COMPLETE);
    lab.size = 2000;
    assertThat(world.size(file)).as("earlier cached attributes are not used").isEqualTo(2000);
    lab.size = 3000;
    assertThat(world.size(file)).as("the delegation is valid").isEqualTo(2000);
    lab.forget();
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.callback(recall(FILE, stateid(9)))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.requests()).containsExactly(returned(FILE, 9));
  }

  @Test
  void delegationThatIsNotReclaimedIsLost() throws Exception {
    lab.server.forgetClients();
    world.stopDelegating();
    world.passOneRenewal();
    assertThat(claims()).contains(DELEGATED);
    lab.size = 2000;
    assertThat(world.size(file)).isEqualTo(2000);
    lab.size = 3000;
    assertThat(world.size(file)).isEqualTo(3000);
    lab.await(file.closeAsync());
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).isEmpty();
  }

  @Test
  void recalledDelegationIsReturnedAfterReclaim() throws Exception {
    world.isRecalled = true;
    lab.delegation =
        args -> args.claim().equals(DELEGATED) ? world.granted(9) : new OpenDelegation4.None();
    lab.server.forgetClients();
    lab.until(NfsOpnum4.OP_DELEGRETURN, 1);
    assertThat(lab.order())
        .containsExactly(
            NfsOpnum4.OP_OPEN,
            NfsOpnum4.OP_OPEN,
            NfsOpnum4.OP_OPEN,
            NfsOpnum4.OP_RECLAIM_COMPLETE,
            NfsOpnum4.OP_DELEGRETURN);
    assertThat(lab.sent(NfsOpnum4.OP_DELEGRETURN)).containsExactly(delegreturn(9));
  }

  @Test
  void delegationIsReclaimedAfterASecondRestart() throws Exception {
    lab.delegation =
        args -> args.claim().equals(DELEGATED) ? world.granted(9) : new OpenDelegation4.None();
    lab.server.forgetClients();
    lab.server.hold = true;
    world.passOneRenewal();
    releaseUntilReclaiming();
    // The claims have arrived and stay without reply.
    lab.server.held.clear();
    lab.server.hold = false;
    lab.server.forgetClients();
    lab.server.connections().forEach(connection -> connection.close());
    lab.forget();
    world.passOneRenewal();
    assertThat(claims()).containsExactly(NOT_DELEGATED, NOT_DELEGATED, DELEGATED);
    assertThat(lab.callback(recall(FILE, stateid(9)))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  /** Answers the operations that create the next session. */
  private void releaseUntilReclaiming() {
    while (lab.server.held.size() < 3) {
      List<Runnable> held = List.copyOf(lab.server.held);
      lab.server.held.clear();
      held.forEach(Runnable::run);
      world.pass(Duration.ofSeconds(1));
    }
  }

  // RFC 8881 section 2.10.6.3
  @Test
  void recallBeforeTheReplyToAClaimIsDelayed() throws Exception {
    lab.delegation =
        args -> args.claim().equals(DELEGATED) ? world.granted(9) : new OpenDelegation4.None();
    lab.server.forgetClients();
    lab.server.hold = true;
    world.passOneRenewal();
    releaseUntilReclaiming();
    assertThat(lab.callback(recall(FILE, stateid(9)))).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    lab.server.hold = false;
    List.copyOf(lab.server.held).forEach(Runnable::run);
    world.pass(Duration.ofSeconds(1));
    assertThat(lab.callback(recall(FILE, stateid(9)))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void fileIsOpenedNormallyAfterTheGracePeriod() throws Exception {
    var usual = lab.server.script;
    lab.server.script =
        operation ->
            operation instanceof NfsArgop4.Open(var args)
                    && args.claim() instanceof OpenClaim4.Previous
                ? new NfsResop4.Open(new Open4Res.Failed(Nfsstat4.NFS4ERR_NO_GRACE))
                : usual.apply(operation);
    lab.server.forgetClients();
    lab.delegation = args -> world.granted(9);
    world.passOneRenewal();
    assertThat(claims()).hasSize(6).endsWith(new OpenClaim4.Fh());
    assertThat(lab.callback(recall(FILE, stateid(1)))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }
}
