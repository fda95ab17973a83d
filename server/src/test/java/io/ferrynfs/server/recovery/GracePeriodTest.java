package io.ferrynfs.server.recovery;

import static io.ferrynfs.server.recovery.RestartLab.COMPLETE;
import static io.ferrynfs.server.recovery.RestartLab.LEASE;
import static io.ferrynfs.server.recovery.RestartLab.reclaim;
import static io.ferrynfs.server.recovery.RestartLab.reclaimed;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenDelegationType4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Res;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The replies of a restarted server until all state is reclaimed (RFC 8881 section 8.4.2.1). */
class GracePeriodTest {
  private final RestartLab lab = new RestartLab();
  private final RawClient client = lab.mounted("alpha");
  private final NfsFh4 file = lab.opened(client, "f", BOTH, NONE);

  private static NfsResop4 failed(Nfsstat4 status) {
    return new NfsResop4.Open(new Open4Res.Failed(status));
  }

  private static AttrValues with(Attr<Long> attribute, long value) {
    return AttrValues.builder().put(attribute, value).build();
  }

  private static NfsResop4 last(Compound4Res res) {
    assertThat(res.status()).isEqualTo(res.resarray().getLast().status());
    return res.resarray().getLast();
  }

  private static NfsResop4 completed(Nfsstat4 status) {
    return new NfsResop4.ReclaimComplete(new ReclaimComplete4Res(status));
  }

  @Test
  void reclaimedOpenReadsAndWritesWithinTheGracePeriod() {
    lab.restart();
    client.reconnect(lab.server);
    NfsResop4 opened = last(client.call(putfh(file), reclaim(BOTH, NONE)));
    Stateid4 stateid = ((Open4Res.Ok) ((NfsResop4.Open) opened).res()).value().stateid();
    assertThat(opened)
        .isEqualTo(
            new NfsResop4.Open(
                new Open4Res.Ok(
                    new Open4Resok(
                        new Stateid4(1, stateid.other()),
                        new ChangeInfo4(false, 0, 0),
                        Nfs4.OPEN4_RESULT_LOCKTYPE_POSIX | Nfs4.OPEN4_RESULT_MAY_NOTIFY_LOCK,
                        Bitmap4.EMPTY,
                        new OpenDelegation4.None()))));
    assertThat(lab.inGrace()).isTrue();
    assertThat(client.call(putfh(file), Ops.write(stateid, 0, StableHow4.FILE_SYNC4, "x")).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.call(putfh(file), Ops.read(stateid, 1)).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void sequenceRequestsReclaimsUntilReclaimComplete() { // E-005, RFC 8881 section 18.46.3
    RawClient other = lab.mounted("beta");
    assertThat(client.statusFlags()).isZero();
    lab.restart();
    client.reconnect(lab.server);
    other.reconnect(lab.server);
    assertThat(client.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED);
    reclaimed(client, file, BOTH, NONE);
    assertThat(client.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED);
    client.call(COMPLETE);
    assertThat(client.statusFlags()).isZero();
    assertThat(other.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_RESTART_RECLAIM_NEEDED);
    assertThat(lab.connected("nobody before").statusFlags()).isZero();
  }

  @Test
  void newOpensWaitForTheReclaimCompleteOfEveryKnownClient() { // E-007, E-013
    RawClient other = lab.mounted("beta");
    lab.restart();
    RawClient fresh = lab.mounted("gamma");
    client.reconnect(lab.server);
    other.reconnect(lab.server);
    NfsArgop4 open = Ops.open("n", "f", READ, NONE);
    assertThat(last(client.call(putrootfh(), open))).isEqualTo(failed(Nfsstat4.NFS4ERR_GRACE));
    reclaimed(client, file, BOTH, NONE);
    assertThat(last(client.call(COMPLETE))).isEqualTo(completed(Nfsstat4.NFS4_OK));
    assertThat(last(client.call(putrootfh(), open))).isEqualTo(failed(Nfsstat4.NFS4ERR_GRACE));
    assertThat(last(client.call(putfh(file), Ops.openCurrent("n", READ, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_GRACE));
    assertThat(last(fresh.call(putrootfh(), open))).isEqualTo(failed(Nfsstat4.NFS4ERR_GRACE));
    other.call(COMPLETE);
    assertThat(lab.inGrace()).isFalse();
    assertThat(client.call(putrootfh(), open).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(fresh.call(putrootfh(), open).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(last(other.call(putfh(file), reclaim(READ, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NO_GRACE));
  }

  @Test
  void gracePeriodWaitsOneLeaseForAMissingClient() { // E-013
    lab.restart();
    RawClient fresh = lab.mounted("gamma");
    NfsArgop4 open = Ops.open("n", "f", READ, NONE);
    lab.advance(LEASE.minusNanos(1));
    assertThat(last(fresh.call(putrootfh(), open))).isEqualTo(failed(Nfsstat4.NFS4ERR_GRACE));
    lab.advance(Duration.ofNanos(1));
    assertThat(fresh.call(putrootfh(), open).status()).isEqualTo(Nfsstat4.NFS4_OK);
    client.reconnect(lab.server);
    assertThat(last(client.call(putfh(file), reclaim(BOTH, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NO_GRACE));
  }

  @Test
  void reclaimsExtendTheGracePeriod() { // E-013
    lab.mounted("beta");
    lab.restart();
    client.reconnect(lab.server);
    Duration half = Duration.ofMillis(500);
    lab.advance(LEASE.minus(half));
    reclaimed(client, file, BOTH, NONE);
    lab.advance(half.plusMillis(100));
    assertThat(lab.inGrace()).as("a client has just reclaimed").isTrue();
    lab.advance(Duration.ofSeconds(1));
    assertThat(lab.inGrace()).as("no client reclaims").isFalse();

    lab.mounted("beta");
    client.call(COMPLETE);
    lab.restart();
    client.reconnect(lab.server);
    int reclaims = 0;
    for (; lab.inGrace() && reclaims < 4 * LEASE.toSeconds(); reclaims++) {
      reclaimed(client, file, BOTH, NONE);
      lab.advance(half);
    }
    assertThat(reclaims).isEqualTo((int) (4 * LEASE.toSeconds()));
  }

  @Test
  void longestGrantedLeaseDeterminesTheGracePeriod() { // E-013
    lab.restart(ServerLimits.builder().leaseSeconds(10).build());
    lab.advance(LEASE.minusNanos(1));
    assertThat(lab.inGrace()).isTrue();
    client.reconnect(lab.server).call(COMPLETE);
    lab.restart();
    lab.restart(ServerLimits.builder().leaseSeconds(10).build());
    lab.advance(Duration.ofSeconds(10));
    assertThat(lab.inGrace()).isFalse();
  }

  @Test
  void withoutKnownClientsThereIsNoGracePeriod() { // E-013
    Stateid4 open =
        Ops.stateid(client.call(putrootfh(), Ops.open("o", "f", WRITE, NONE)).resarray());
    client.call(putfh(file), Ops.close(open));
    client.compound(Ops.destroySession(client.sessionid()));
    assertThat(client.compound(Ops.destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.restart();
    assertThat(lab.inGrace()).isFalse();
    RawClient fresh = lab.mounted("gamma");
    assertThat(fresh.call(putrootfh(), Ops.open("n", "f", READ, NONE)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void stateOfTheEarlierInstanceIsUnknown() {
    Stateid4 before =
        Ops.stateid(client.call(putrootfh(), Ops.open("o", "f", READ, NONE)).resarray());
    NfsArgop4 sequence = client.sequence(0, 9, false);
    NfsArgop4 createSession = client.createSessionArgs(2, client.session().foreChanAttrs());
    long clientid = client.clientid();
    lab.restart();
    client.onConnection(lab.server.connect());
    assertThat(client.compound(sequence).status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(client.compound(createSession).status()).isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
    client.reconnect(lab.server).call(COMPLETE);
    assertThat(client.clientid()).isNotEqualTo(clientid);
    assertThat(client.call(putfh(file), Ops.read(before, 1)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void reclaimCompleteEndsTheReclaimsOfItsClientAndIsSentOnce() { // E-007
    lab.mounted("beta");
    lab.restart();
    client.reconnect(lab.server);
    NfsArgop4 oneFs = new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(true));
    assertThat(last(client.call(putrootfh(), oneFs))).isEqualTo(completed(Nfsstat4.NFS4_OK));
    reclaimed(client, file, READ, NONE);
    assertThat(last(client.call(COMPLETE))).isEqualTo(completed(Nfsstat4.NFS4_OK));
    assertThat(last(client.call(COMPLETE))).isEqualTo(completed(Nfsstat4.NFS4ERR_COMPLETE_ALREADY));
    assertThat(lab.inGrace()).isTrue();
    assertThat(last(client.call(putfh(file), reclaim(WRITE, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NO_GRACE));
  }

  @Test
  void clientWithoutARecordCannotReclaim() { // E-012
    lab.restart();
    RawClient fresh = lab.connected("gamma");
    assertThat(last(fresh.call(putfh(file), reclaim(READ, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NO_GRACE));
    assertThat(last(fresh.call(putrootfh(), Ops.open("n", "f", READ, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_GRACE));
  }

  @Test
  void anotherUserWithTheSameClientNameIsAnotherClient() { // RFC 8881 section 8.4.2.1.1
    lab.restart();
    RawClient otherUser = lab.server.client("alpha").as(RawClient.user(7)).reconnect(lab.server);
    assertThat(otherUser.statusFlags()).isZero();
    assertThat(last(otherUser.call(putfh(file), reclaim(READ, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NO_GRACE));
    assertThat(last(otherUser.call(COMPLETE))).isEqualTo(completed(Nfsstat4.NFS4_OK));
    assertThat(lab.inGrace()).isTrue();
  }

  @Test
  void reclaimNeedsThePermissionsOfAnOpen() { // RFC 8881 section 8.4.2.1.1
    AttrValues secret = with(Attrs.MODE, 0600L);
    client.call(putfh(file), Ops.setattr(Stateids.ANONYMOUS, secret));
    lab.restart();
    client.reconnect(lab.server).as(RawClient.user(7));
    assertThat(last(client.call(putfh(file), reclaim(READ, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_ACCESS));
  }

  @Test
  void contradictoryReclaimsConflict() { // RFC 8881 section 15.1.9.5
    RawClient other = lab.mounted("beta");
    lab.restart();
    client.reconnect(lab.server);
    other.reconnect(lab.server);
    reclaimed(client, file, READ, WRITE);
    assertThat(last(other.call(putfh(file), reclaim(WRITE, NONE))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_RECLAIM_CONFLICT));
    reclaimed(other, file, READ, NONE);
  }

  @Test
  void delegationThatWasNeverGrantedIsNotReclaimed() {
    lab.restart();
    client.reconnect(lab.server);
    NfsResop4 opened =
        last(
            client.call(putfh(file), reclaim(BOTH, NONE, OpenDelegationType4.OPEN_DELEGATE_WRITE)));
    assertThat(((Open4Res.Ok) ((NfsResop4.Open) opened).res()).value().delegation())
        .isEqualTo(new OpenDelegation4.None());
  }

  @Test
  void reclaimWithCreateIsInvalid() {
    lab.restart();
    client.reconnect(lab.server);
    Openflag4 create = new Openflag4.Create(new Createhow4.Guarded4(AttrValues.EMPTY.encode()));
    assertThat(
            last(
                client.call(
                    putfh(file),
                    Ops.open(
                        "o",
                        READ,
                        NONE,
                        create,
                        new OpenClaim4.Previous(OpenDelegationType4.OPEN_DELEGATE_NONE)))))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
  }

  @Test
  void fileRemovedWhileOpenIsStale() {
    client.call(putrootfh(), Ops.remove("f"));
    lab.restart();
    client.reconnect(lab.server);
    assertThat(client.call(putfh(file), reclaim(BOTH, NONE)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_STALE);
  }

  @Test
  void requestThatMayConflictWithAnUnreclaimedDenyModeReturnsGrace() { // C-020
    NfsFh4 second = lab.opened(client, "g", BOTH, NONE);
    lab.restart();
    client.reconnect(lab.server);
    Stateid4 from = reclaimed(client, file, BOTH, NONE);
    Stateid4 to = reclaimed(client, second, BOTH, NONE);
    NfsArgop4[][] conflicting = {
      {putfh(file), Ops.read(Stateids.ANONYMOUS, 1)},
      {putfh(file), Ops.write(Stateids.ANONYMOUS, 0, StableHow4.UNSTABLE4, "x")},
      {putfh(file), Ops.setattr(Stateids.ANONYMOUS, with(Attrs.SIZE, 0L))},
      {putfh(file), Ops.setattr(Stateids.READ_BYPASS, with(Attrs.SIZE, 0L))},
      {putfh(file), Ops.savefh(), putfh(second), clone(Stateids.ANONYMOUS, to)},
      {putrootfh(), Ops.remove("f")},
      {putrootfh(), Ops.savefh(), Ops.rename("g", "f")},
    };
    for (NfsArgop4[] operations : conflicting) {
      assertThat(client.call(operations).status())
          .as("%s", operations[operations.length - 1])
          .isEqualTo(Nfsstat4.NFS4ERR_GRACE);
    }
    assertThat(
            last(
                client.call(putfh(file), Ops.savefh(), putfh(second), Ops.copy(from, to, 0, 0, 1))))
        .isEqualTo(new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_GRACE)));
    assertThat(
            last(
                client.call(
                    putfh(file), Ops.savefh(), putfh(second), Ops.copyAsync(from, to, 0, 0, 1))))
        .isEqualTo(new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_GRACE)));
    assertThat(client.call(COMPLETE).status()).isEqualTo(Nfsstat4.NFS4_OK);
    for (NfsArgop4[] operations : conflicting) {
      assertThat(client.call(operations).status())
          .as("%s", operations[operations.length - 1])
          .isEqualTo(Nfsstat4.NFS4_OK);
    }
  }

  private static NfsArgop4 clone(Stateid4 from, Stateid4 to) {
    return new NfsArgop4.Clone(new Clone4Args(from, to, 0, 0, 0));
  }

  @Test
  void requestWithoutAConflictIsExecuted() {
    lab.restart();
    client.reconnect(lab.server);
    NfsArgop4[][] allowed = {
      {putfh(file), Ops.read(Stateids.READ_BYPASS, 1)},
      {putfh(file), Ops.getattr(Attrs.SIZE)},
      {putfh(file), Ops.setattr(Stateids.ANONYMOUS, with(Attrs.MODE, 0600L))},
      {putrootfh(), Ops.lookup("f")},
    };
    for (NfsArgop4[] operations : allowed) {
      assertThat(client.call(operations).status())
          .as("%s", operations[operations.length - 1])
          .isEqualTo(Nfsstat4.NFS4_OK);
    }
  }

  @Test
  void restartedClientWithoutStateEndsTheGracePeriodByReclaimComplete() { // E-006
    lab.restart();
    client.restart().reconnect(lab.server);
    assertThat(lab.inGrace()).isTrue();
    client.call(COMPLETE);
    assertThat(lab.inGrace()).isFalse();
  }
}
