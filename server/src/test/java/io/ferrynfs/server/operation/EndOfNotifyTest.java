package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.NotifyLab.LEASE;
import static io.ferrynfs.server.operation.NotifyLab.cancelled;
import static io.ferrynfs.server.operation.NotifyLab.last;
import static io.ferrynfs.server.operation.NotifyLab.readFailed;
import static io.ferrynfs.server.operation.NotifyLab.text;
import static io.ferrynfs.server.testing.Ops.offloadCancel;
import static io.ferrynfs.server.testing.Ops.putfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a COPY_NOTIFY stateid ends, and which clients may end it. */
class EndOfNotifyTest {
  private final NotifyLab lab = new NotifyLab();
  private final Stateid4 open = lab.open(Ops.READ);
  private final Stateid4 stateid = lab.notify(open);

  private void expectEnded(int stateidsLeft) {
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.state.size()).isEqualTo(stateidsLeft);
    assertThat(lab.volume.openFileCount()).isEqualTo(stateidsLeft);
  }

  // N-019, X-003, X-004, F-004
  @Test
  void cancelEndsTheStateidAtOnceAndASecondCancelReturnsBadStateid() {
    assertThat(lab.pull(stateid)).isEqualTo(text());
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    expectEnded(1);
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
  }

  //
  @Test
  void cancelAcceptsSeqidZero() {
    assertThat(lab.cancel(new Stateid4(2, stateid.other())))
        .isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.cancel(new Stateid4(0, stateid.other()))).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
  }

  // X-004, B35
  @Test
  void readInFlightDuringACancelKeepsTheFileOpen() throws Exception {
    NfsFh4 file = lab.file;
    var key = lab.server.services().exports().current().everything().decode(file).key();
    FileUse use = lab.state.notifies().use(key, stateid);
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    lab.client.call(putfh(file), Ops.close(open));
    assertThat(use.file().size()).isEqualTo(NotifyLab.TEXT.length());
    expectEndedAfter(use);
  }

  private void expectEndedAfter(FileUse use) {
    assertThat(lab.volume.openFileCount()).isEqualTo(1);
    use.close();
    assertThat(lab.volume.openFileCount()).isZero();
    assertThat(lab.state.size()).isZero();
  }

  // N-009
  @Test
  void longReadKeepsTheStateidValid() throws Exception {
    var key = lab.server.services().exports().current().everything().decode(lab.file).key();
    FileUse use = lab.state.notifies().use(key, stateid);
    lab.pass(LEASE.multipliedBy(3));
    lab.reap();
    assertThat(lab.pull(stateid)).isEqualTo(text());
    use.close();
    lab.pass(LEASE);
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  // X-006, B34, T-020
  @Test
  void onlyItsOwnUserMayCancelTheStateid() {
    RawClient thief = lab.another("thief", FileLab.OWNER.uid(), "10.77.0.66");
    NfsResop4 bad = cancelled(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(last(thief, putfh(lab.file), offloadCancel(stateid))).isEqualTo(bad);
    assertThat(last(lab.destination, putfh(lab.file), offloadCancel(stateid))).isEqualTo(bad);
    assertThat(last(lab.client, putfh(lab.file("other")), offloadCancel(stateid))).isEqualTo(bad);
    lab.client.as(RawClient.user(4711));
    assertThat(lab.cancel(stateid)).as("another user of the client").isEqualTo(bad);
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  //
  @Test
  void cancelOfAnOpenOrAnUnknownStateidReturnsBadStateid() {
    for (Stateid4 other :
        List.of(open, new Stateid4(1, Opaque.ofHex("0102030405060708090a0b0c")))) {
      assertThat(lab.cancel(other))
          .isEqualTo(
              new NfsResop4.OffloadCancel(new OffloadCancel4Res(Nfsstat4.NFS4ERR_BAD_STATEID)));
    }
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  // N-010: two copies of one user are independent
  @Test
  void cancelOfOneStateidKeepsAnotherOfTheSameOpen() {
    Stateid4 second = lab.notify(open);
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    assertThat(lab.pull(second)).isEqualTo(text());
  }

  // N-008: the stateid no longer permits a read, so cancelling it succeeds
  @Test
  void expiredStateidMayBeCancelled() {
    lab.pass(LEASE.plusNanos(1));
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    expectEnded(1);
  }

  // N-019, N-020
  @Test
  void closeOfTheFileEndsTheStateid() {
    Stateid4 second = lab.notify(open);
    Stateid4 ofAnother = lab.notify(lab.open("another", Ops.READ));
    assertThat(lab.client.call(putfh(lab.file), Ops.close(open)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.pull(second)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.cancel(second)).isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.pull(ofAnother)).isEqualTo(text());
    assertThat(lab.client.call(new NfsArgop4.FreeStateid(new FreeStateid4Args(open))).status())
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.state.size()).as("an open and its COPY_NOTIFY stateid").isEqualTo(2);
  }

  // N-019, N-020, T-009
  @Test
  void endOfTheClientsLeaseEndsTheStateid() {
    lab.env.advance(LEASE.minusSeconds(1));
    lab.destination.call();
    lab.env.advance(Duration.ofSeconds(2));
    lab.reap();
    // The open remains until another client conflicts with it.
    expectEnded(1);
  }

  // N-019, N-020, B30, E-006
  @Test
  void restartOfTheClientEndsTheStateid() {
    lab.client.restart().mount();
    expectEnded(0);
  }

  // N-019, N-020
  @Test
  void removalOfTheClientEndsTheStateid() {
    assertThat(lab.client.compound(Ops.destroySession(lab.client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.client.compound(Ops.destroyClientid(lab.client.clientid())).status())
        .as("the client has a file open")
        .isEqualTo(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
    lab.env.advance(LEASE.minusSeconds(1));
    lab.destination.call();
    lab.env.advance(Duration.ofSeconds(2));
    lab.reap();
    expectEnded(1);
    lab.env.advance(Duration.ofDays(1));
    lab.reap();
    assertThat(lab.client.compound(Ops.destroyClientid(lab.client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
    assertThat(lab.state.size()).isZero();
  }

  // N-022: stopping the server is the last way
  @Test
  void stoppedServerEndsTheStateidAndItsClients() {
    lab.server.services().clients().close();
    assertThat(lab.state.size()).isZero();
    assertThat(lab.volume.openFileCount()).isZero();
  }

  // N-023, X-013
  @Test
  void newStateidIsNeverEqualToAnEndedOne() {
    for (int i = 0; i < 20; i++) {
      Stateid4 old = lab.notify(open);
      assertThat(lab.cancel(old)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
      Stateid4 fresh = lab.notify(open);
      assertThat(fresh.other()).isNotEqualTo(old.other());
      assertThat(lab.cancel(old)).isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
      assertThat(lab.pull(fresh)).isEqualTo(text());
      lab.cancel(fresh);
    }
    assertThat(lab.state.size()).isEqualTo(2);
  }
}
