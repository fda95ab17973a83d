package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.NotifyLab.LEASE;
import static io.ferrynfs.server.operation.NotifyLab.NAMED;
import static io.ferrynfs.server.operation.NotifyLab.TEXT;
import static io.ferrynfs.server.operation.NotifyLab.last;
import static io.ferrynfs.server.operation.NotifyLab.readFailed;
import static io.ferrynfs.server.operation.NotifyLab.text;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenDowngrade4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import io.ferrynfs.wire.nfs4.TestStateid4Resok;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a destination server may do with a COPY_NOTIFY stateid, and for how long. */
class NotifiedReadTest {
  private final NotifyLab lab = new NotifyLab();

  private static Stateid4 seqid(long seqid, Stateid4 stateid) {
    return new Stateid4(seqid, stateid.other());
  }

  // N-013, N-014, N-017, N-018, B37, Z-003: knfsd sends seqid 0 and comes as the superuser of its
  // machine
  @Test
  void destinationReadsTheFileWithTheCopyNotifyStateidOnly() {
    Stateid4 open = lab.open(Ops.READ);
    Stateid4 stateid = lab.notify(open);
    assertThat(lab.pull(seqid(0, stateid))).isEqualTo(text());
    assertThat(lab.pull(seqid(1, stateid))).isEqualTo(text());
    assertThat(lab.pull(seqid(2, stateid))).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.pull(open))
        .as("an ordinary stateid belongs to its client")
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.pull(Stateids.ANONYMOUS))
        .as("without the stateid the superuser is squashed")
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_ACCESS));
  }

  // N-018: Linux sends GETATTR before it reads
  @Test
  void destinationMayGetTheAttributes() {
    lab.notify(lab.open(Ops.READ));
    NfsResop4 result = last(lab.destination, putfh(lab.file), Ops.getattr(Attrs.SIZE));
    AttrValues size = AttrValues.builder().put(Attrs.SIZE, (long) TEXT.length()).build();
    assertThat(result)
        .isEqualTo(new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(size.encode()))));
  }

  // N-015
  @Test
  void seekAcceptsTheStateidLikeRead() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    assertThat(last(lab.destination, putfh(lab.file), Ops.seekData(stateid)))
        .isEqualTo(new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, 0))));
    lab.pass(LEASE.plusNanos(1));
    assertThat(last(lab.destination, putfh(lab.file), Ops.seekData(stateid)))
        .isEqualTo(new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH)));
  }

  // N-016, Z-003
  @Test
  void stateidDoesNotReadAnotherFile() {
    NfsFh4 other = lab.file("other");
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    assertThat(last(lab.destination, putfh(other), Ops.read(stateid, 0, 100)))
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    lab.client.call(putfh(other), Ops.openCurrent("o", Ops.READ, 0));
    assertThat(last(lab.destination, putfh(other), Ops.read(stateid, 0, 100)))
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
  }

  // N-014, Z-003
  @Test
  void guessedStateidReadsNothing() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    byte[] other = stateid.other().toByteArray();
    for (int bit = 0; bit < other.length * Byte.SIZE; bit++) {
      byte[] guess = other.clone();
      guess[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      assertThat(lab.pull(new Stateid4(0, Opaque.of(guess))))
          .isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    }
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  // T-001, T-012, T-013, N-015
  @Test
  void onlyReadOperationsAcceptTheStateid() {
    Stateid4 stateid = lab.notify(lab.open(Ops.BOTH));
    AttrValues size = AttrValues.builder().put(Attrs.SIZE, 3L).build();
    NfsFh4 target = lab.file("target");
    for (RawClient client : List.of(lab.client, lab.destination)) {
      for (NfsArgop4 operation :
          List.of(
              Ops.write(stateid, 0, StableHow4.UNSTABLE4, "x"),
              Ops.setattr(stateid, size),
              Ops.close(stateid),
              Ops.offloadStatus(stateid),
              new NfsArgop4.OpenDowngrade(new OpenDowngrade4Args(stateid, 0, 1, 0)),
              new NfsArgop4.Allocate(new Allocate4Args(stateid, 0, 1)),
              new NfsArgop4.Deallocate(new Deallocate4Args(stateid, 0, 1)),
              new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid)),
              Ops.copyNotify(stateid, NAMED))) {
        assertThat(client.call(putfh(lab.file), operation).status())
            .as(operation.toString())
            .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
      }
      assertThat(last(client, new NfsArgop4.TestStateid(new TestStateid4Args(List.of(stateid)))))
          .isEqualTo(
              new NfsResop4.TestStateid(
                  new TestStateid4Res.Ok(
                      new TestStateid4Resok(List.of(Nfsstat4.NFS4ERR_BAD_STATEID)))));
    }
    Stateid4 write =
        Ops.stateid(lab.client.call(putfh(target), Ops.openCurrent("o", Ops.WRITE, 0)).resarray());
    for (NfsArgop4 operation :
        List.of(
            Ops.copy(stateid, write, 0, 0, 3),
            new NfsArgop4.Clone(new Clone4Args(stateid, write, 0, 0, 0)))) {
      assertThat(lab.client.call(putfh(lab.file), savefh(), putfh(target), operation).status())
          .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  // T-006, N-013
  @Test
  void stateidIsNotBlockedByTheDenyModeOfItsOpen() {
    Stateid4 open =
        Ops.stateid(
            lab.client
                .call(putfh(lab.file), Ops.openCurrent("owner", Ops.READ, Ops.BOTH))
                .resarray());
    RawClient other = lab.another("other", FileLab.OWNER.uid(), "10.77.0.11");
    assertThat(last(other, putfh(lab.file), Ops.read(Stateids.ANONYMOUS, 0, 100)))
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_LOCKED));
    assertThat(lab.pull(lab.notify(open))).isEqualTo(text());
  }

  // N-013
  @Test
  void stateidOfAnOpenDowngradedToWriteReturnsOpenmode() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    Stateid4 both = lab.open(Ops.WRITE);
    lab.client.call(
        putfh(lab.file),
        new NfsArgop4.OpenDowngrade(new OpenDowngrade4Args(both, 0, Ops.WRITE, Ops.NONE)));
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_OPENMODE));
    lab.open(Ops.READ);
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  // N-007
  @Test
  void copyThatBeganInTimeMayReadUntilItEnds() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    lab.pass(LEASE);
    for (int i = 0; i < 5; i++) {
      assertThat(lab.pull(stateid)).isEqualTo(text());
      lab.pass(LEASE);
      lab.reap();
    }
  }

  // N-008
  @Test
  void stateidNotUsedWithinALeaseReturnsPartnerNoAuthForALease() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    lab.pass(LEASE.plusNanos(1));
    lab.reap();
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH));
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH));
    lab.pass(LEASE);
    assertThat(lab.pull(stateid))
        .as("before the reaper runs")
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.state.size()).isEqualTo(2);
    lab.reap();
    assertThat(lab.state.size()).as("stateid of the open").isEqualTo(1);
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
  }

  // N-009
  @Test
  void stateidIdleForALeaseExpires() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    lab.pass(LEASE.dividedBy(2));
    assertThat(lab.pull(stateid)).isEqualTo(text());
    lab.pass(LEASE.plusNanos(1));
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH));
  }

  // N-010
  @Test
  void repeatedCopyNotifyRenewsTheEarlierStateid() {
    Stateid4 open = lab.open(Ops.READ);
    Stateid4 first = lab.notify(open);
    Stateid4 other = lab.notify(open, new Netloc4.Name(Opaque.ofUtf8("other")));
    lab.pass(LEASE);
    Stateid4 second = lab.notify(open);
    assertThat(second).isNotEqualTo(first);
    lab.pass(Duration.ofNanos(1));
    assertThat(lab.pull(other)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH));
    lab.pass(LEASE.minusNanos(1));
    assertThat(lab.pull(first)).isEqualTo(text());
    assertThat(lab.pull(second)).isEqualTo(text());
  }

  // N-010, N-008
  @Test
  void expiredStateidIsNotRenewed() {
    Stateid4 open = lab.open(Ops.READ);
    Stateid4 first = lab.notify(open);
    lab.pass(LEASE.plusNanos(1));
    lab.notify(open);
    assertThat(lab.pull(first)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH));
  }

  // N-028
  @Test
  void severalCopiesMayUseOneStateid() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    RawClient second = lab.another("second destination", 0, "10.77.0.23");
    for (RawClient client : List.of(lab.destination, second, lab.client)) {
      assertThat(last(client, putfh(lab.file), Ops.read(stateid, 0, 100))).isEqualTo(text());
    }
  }

  // N-032
  @Test
  void readsOfTheDestinationDoNotRenewTheClientsLease() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    for (int i = 0; i < 3; i++) {
      lab.env.advance(LEASE.dividedBy(3));
      assertThat(lab.pull(stateid)).isEqualTo(text());
    }
    lab.env.advance(Duration.ofNanos(1));
    lab.reap();
    assertThat(lab.pull(stateid)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.state.size()).as("the open of the courtesy client").isEqualTo(1);
    assertThat(lab.volume.openFileCount()).isEqualTo(1);
  }

  // N-026
  @Test
  void restartedServerDoesNotKnowTheStateid() {
    Stateid4 stateid = lab.notify(lab.open(Ops.READ));
    TestServer again =
        TestServer.serving(
            ServerLimits.defaults(),
            ServerOptions.defaults(),
            new ExportDefinition(lab.volume, Squash.ROOT, CopySourcePolicy.ANYBODY));
    RawClient destination = again.client("destination").as(RawClient.user(0)).mount();
    assertThat(last(destination, putfh(lab.file), Ops.read(stateid, 0, 100)))
        .isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
  }
}
