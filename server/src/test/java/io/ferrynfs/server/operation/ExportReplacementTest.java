package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.copy;
import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.getattr;
import static io.ferrynfs.server.testing.Ops.offloadStatus;
import static io.ferrynfs.server.testing.Ops.openCurrent;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.read;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.ExportException;
import io.ferrynfs.server.testing.LockOps;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.FreeStateid4Res;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import io.ferrynfs.wire.nfs4.TestStateid4Resok;
import io.ferrynfs.wire.nfs4.Write4Res;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Exports that are withdrawn or changed while clients use them: RFC 8881 section 8.5. */
class ExportReplacementTest {
  private static final NfsResop4 STALE = new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4ERR_STALE));

  private final ExportsLab lab = new ExportsLab();
  private final RawClient client = lab.client("10.0.0.1");
  private final NfsFh4 kept = lab.file(lab.kept, "file");
  private final NfsFh4 affected = lab.file(lab.affected, "file");

  private static NfsResop4 tested(Nfsstat4... statuses) {
    return new NfsResop4.TestStateid(
        new TestStateid4Res.Ok(new TestStateid4Resok(List.of(statuses))));
  }

  private static NfsResop4 data() {
    return new NfsResop4.Read(new Read4Res.Ok(new Read4Resok(false, Ops.payload("xxxx"))));
  }

  private void expectUnused(CompletableFuture<Void> done) {
    assertThat(done).isCompleted();
    assertThat(lab.affected.openFileCount()).as("open files").isZero();
  }

  // C-040, B25, RFC 8881 section 8.5
  @Test
  void stateOfAWithdrawnExportIsRevoked() {
    Stateid4 open = lab.open(client, affected, BOTH);
    NfsResop4 locked =
        ExportsLab.last(
            client, putfh(affected), LockOps.lock(NfsLockType4.WRITE_LT, open, "l", 0, 1));
    Stateid4 lock = LockOps.stateid(locked);
    Stateid4 notifyStateid = lab.copyNotify(client, affected, open);
    Stateid4 elsewhere = lab.open(client, kept, BOTH);

    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));

    expectUnused(done);
    assertThat(ExportsLab.last(client, putfh(affected))).isEqualTo(STALE);
    assertThat(ExportsLab.last(client, LockOps.test(open, lock, notifyStateid, elsewhere)))
        .isEqualTo(
            tested(
                Nfsstat4.NFS4ERR_ADMIN_REVOKED,
                Nfsstat4.NFS4ERR_ADMIN_REVOKED,
                Nfsstat4.NFS4ERR_BAD_STATEID,
                Nfsstat4.NFS4_OK));
    assertThat(client.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED);
    assertThat(ExportsLab.last(client, putfh(kept), read(elsewhere, 4))).isEqualTo(data());
    for (Stateid4 revoked : List.of(lock, open)) {
      assertThat(ExportsLab.last(client, LockOps.free(revoked)))
          .isEqualTo(new NfsResop4.FreeStateid(new FreeStateid4Res(Nfsstat4.NFS4_OK)));
    }
    assertThat(client.statusFlags()).isZero();
    assertThat(lab.server.services().state().size()).isEqualTo(1);
  }

  // C-040, RFC 8881 section 10.4.5
  @Test
  void delegationOfAWithdrawnExportIsRevokedWithoutARecall() {
    Stateid4 delegation = lab.delegation(client, affected);
    expectUnused(lab.serve(ExportsLab.open("/kept", lab.kept)));
    assertThat(ExportsLab.last(client, LockOps.test(delegation)))
        .isEqualTo(tested(Nfsstat4.NFS4ERR_ADMIN_REVOKED));
    assertThat(client.connection().nextCallback()).isNull();
  }

  // C-040, B25
  @Test
  void copyIntoAWithdrawnExportEndsAndItsClientReceivesTheError() {
    NfsFh4 target = lab.file(lab.affected, "target");
    Stateid4 copy = OffloadLab.start(client, kept, target);
    lab.env.runNext(OffloadLab.COPYING);
    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));
    assertThat(done).isNotDone();
    expectEnd(copy, target, Nfsstat4.NFS4ERR_ADMIN_REVOKED, OffloadLab.PIECE);
    expectUnused(done);
    assertThat(lab.kept.openFileCount()).isZero();
    assertThat(ExportsLab.last(client, putfh(target), offloadStatus(copy))).isEqualTo(STALE);
  }

  // C-040, B25
  @Test
  void copyFromAWithdrawnExportEnds() {
    NfsFh4 target = lab.file(lab.kept, "target");
    Stateid4 copy = OffloadLab.start(client, affected, target);
    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));
    expectEnd(copy, target, Nfsstat4.NFS4ERR_ADMIN_REVOKED, 0);
    expectUnused(done);
    assertThat(lab.kept.openFileCount()).isZero();
  }

  /**
   * Runs the copies' threads, which write nothing more, and expects the CB_OFFLOAD with this
   * status.
   */
  private void expectEnd(Stateid4 copy, NfsFh4 target, Nfsstat4 status, long bytes) {
    while (lab.env.runNext(OffloadLab.COPYING)) {
      assertThat(lab.server.services().copies().activeCount()).isZero();
    }
    SentCallback callback = OffloadLab.callback(client.connection());
    assertThat(OffloadLab.offload(callback))
        .isEqualTo(new CbOffload4Args(target, copy, new OffloadInfo4.Failed(status, bytes)));
    OffloadLab.answer(callback, Nfsstat4.NFS4_OK);
    assertThat(lab.server.services().copies().isEmpty()).isTrue();
  }

  // C-040, X-014: files are closed after the reply, on a thread that may wait for a disk
  @Test
  void queuedCopyThatWasCancelledUsesTheExportUntilItsFilesAreClosed() {
    for (int i = 0; i < CopyLimits.defaults().stepsPerVolumeMax(); i++) {
      OffloadLab.start(client, kept, lab.file(lab.kept, "before" + i));
    }
    NfsFh4 target = lab.file(lab.kept, "target");
    Stateid4 copy = OffloadLab.start(client, affected, target);
    lab.env.hold(OffloadLab.SYNCING);
    assertThat(ExportsLab.last(client, putfh(target), Ops.offloadCancel(copy)))
        .isEqualTo(OffloadLab.cancelled(Nfsstat4.NFS4_OK));

    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));

    assertThat(lab.affected.openFileCount()).as("open files").isEqualTo(1);
    assertThat(done).isNotDone();
    lab.env.release(OffloadLab.SYNCING);
    expectUnused(done);
  }

  // C-040
  @Test
  void synchronousCopyIntoAWithdrawnExportFails() {
    NfsFh4 target = lab.file(lab.affected, "target");
    var waiting = client.postCall(putfh(kept), savefh(), putfh(target), copy(0, 0, 0));
    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));
    assertThat(done).isNotDone();
    lab.env.runNext(OffloadLab.COPYING);
    assertThat(RawClient.decode(waiting).resarray().getLast())
        .isEqualTo(new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_ADMIN_REVOKED)));
    expectUnused(done);
  }

  // B25
  @Test
  void copyThatDoesNotUseTheExportContinues() {
    NfsFh4 target = lab.file(lab.kept, "target");
    Stateid4 copy = OffloadLab.start(client, kept, target);
    expectUnused(lab.serve(ExportsLab.open("/kept", lab.kept)));
    while (lab.env.runNext(OffloadLab.COPYING)) {}
    assertThat(OffloadLab.offload(OffloadLab.callback(client.connection())))
        .isEqualTo(
            new CbOffload4Args(
                target,
                copy,
                OffloadLab.done(
                    ExportsLab.FILE_BYTES,
                    StableHow4.FILE_SYNC4,
                    lab.server.services().writeVerifier().current())));
  }

  // RFC 8881 section 8.5
  @Test
  void clientThatLosesAccessToAnExportLosesItsStateAndOthersDoNot() {
    RawClient other = lab.client("192.168.0.1");
    Stateid4 own = lab.open(client, affected, READ);
    Stateid4 others = lab.open(other, affected, READ);

    assertThat(lab.serve(ExportsLab.open("/kept", lab.kept), lab.affectedFor("192.168.0.0/16")))
        .isCompleted();

    assertThat(ExportsLab.last(client, putfh(affected))).isEqualTo(STALE);
    assertThat(ExportsLab.last(client, LockOps.test(own)))
        .isEqualTo(tested(Nfsstat4.NFS4ERR_ADMIN_REVOKED));
    assertThat(client.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED);
    assertThat(ExportsLab.last(other, putfh(affected), read(others, 4))).isEqualTo(data());
    assertThat(other.statusFlags()).isZero();
  }

  // RFC 8881 sections 18.32.3, 18.16.3
  @Test
  void exportThatBecomesReadOnlyIsReadableAndNotWritable() {
    Stateid4 open = lab.open(client, affected, BOTH);

    assertThat(lab.serve(ExportsLab.open("/kept", lab.kept), lab.affectedReadOnly())).isCompleted();

    assertThat(
            ExportsLab.last(
                client, putfh(affected), Ops.write(open, 0, StableHow4.FILE_SYNC4, "yyyy")))
        .isEqualTo(new NfsResop4.Write(new Write4Res.Failed(Nfsstat4.NFS4ERR_ROFS)));
    assertThat(ExportsLab.last(client, putfh(affected), read(open, 4))).isEqualTo(data());
    assertThat(ExportsLab.last(client, putfh(affected), openCurrent("o", WRITE, 0)))
        .isEqualTo(new NfsResop4.Open(new Open4Res.Failed(Nfsstat4.NFS4ERR_ROFS)));
    assertThat(ExportsLab.last(client, putfh(affected), Ops.commit()).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.statusFlags()).isZero();
    assertThat(lab.serve(lab.both())).isCompleted();
    assertThat(
            ExportsLab.last(
                    client, putfh(affected), Ops.write(open, 0, StableHow4.FILE_SYNC4, "yyyy"))
                .status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  // C-040
  @Test
  void copyIntoAnExportThatBecomesReadOnlyEndsWithRofs() {
    NfsFh4 target = lab.file(lab.affected, "target");
    Stateid4 copy = OffloadLab.start(client, affected, target);
    CompletableFuture<Void> done =
        lab.serve(ExportsLab.open("/kept", lab.kept), lab.affectedReadOnly());
    expectEnd(copy, target, Nfsstat4.NFS4ERR_ROFS, 0);
    expectUnused(done);
  }

  // RFC 8881 section 4.2.2
  @Test
  void movedExportKeepsFilehandlesFsidsAndStateids() {
    Stateid4 open = lab.open(client, affected, READ);
    List<NfsResop4> before = results(client.call(putfh(affected), getattr(Attrs.FSID)));

    assertThat(lab.serve(ExportsLab.open("/moved/far", lab.affected), lab.both()[0])).isCompleted();

    assertThat(results(client.call(putfh(affected), getattr(Attrs.FSID)))).isEqualTo(before);
    assertThat(ExportsLab.last(client, putfh(affected), read(open, 4))).isEqualTo(data());
    assertThat(
            results(
                client.call(
                    putrootfh(),
                    Ops.lookup("moved"),
                    Ops.lookup("far"),
                    Ops.lookup("file"),
                    Ops.getfh())))
        .last()
        .isEqualTo(results(client.call(putfh(affected), Ops.getfh())).getLast());
  }

  private static List<NfsResop4> results(Compound4Res reply) {
    return reply.resarray().subList(1, reply.resarray().size());
  }

  // B25
  @Test
  void fileThatAnEarlierRequestStillOpensIsRevokedAfterThatRequest() {
    lab.env.hold("bulk");
    var early = client.postCall(putrootfh(), Ops.lookup("affected"), Ops.open("o", "new", READ, 0));

    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));

    assertThat(done).isNotDone();
    assertThat(lab.env.runNext("bulk")).as("the request").isTrue();
    Stateid4 open = Ops.stateid(RawClient.decode(early).resarray());
    assertThat(done).isNotDone();
    assertThat(lab.env.runNext("bulk")).as("the second revocation").isTrue();
    expectUnused(done);
    assertThat(ExportsLab.last(client, LockOps.test(open)))
        .isEqualTo(tested(Nfsstat4.NFS4ERR_ADMIN_REVOKED));
  }

  // B25
  @Test
  void replyThatIsNotSentYetUsesItsExport() {
    Stateid4 open = lab.open(client, affected, READ);
    client.connection().holdReplies();
    ExportsLab.last(client, putfh(affected), read(open, ExportsLab.FILE_BYTES));

    CompletableFuture<Void> done = lab.serve(ExportsLab.open("/kept", lab.kept));

    assertThat(done).isNotDone();
    assertThat(lab.affected.openFileCount()).as("open files").isEqualTo(1);
    client.connection().releaseReplies();
    expectUnused(done);
  }

  // RFC 8881 section 8.5
  @Test
  void exportThatReturnsKeepsItsFilehandlesAndNeedsNewOpens() {
    Stateid4 open = lab.open(client, affected, READ);
    assertThat(lab.serve(ExportsLab.open("/kept", lab.kept))).isCompleted();
    assertThat(lab.serve(lab.both())).isCompleted();
    assertThat(ExportsLab.last(client, putfh(affected), read(open, 4)))
        .isEqualTo(new NfsResop4.Read(new Read4Res.Failed(Nfsstat4.NFS4ERR_BAD_STATEID)));
    assertThat(ExportsLab.last(client, LockOps.test(open)))
        .isEqualTo(tested(Nfsstat4.NFS4ERR_ADMIN_REVOKED));
    Stateid4 again = lab.open(client, affected, READ);
    assertThat(ExportsLab.last(client, putfh(affected), read(again, 4))).isEqualTo(data());
  }

  // RFC 8881 section 8.5
  @Test
  void courtesyClientLosesItsStateToo() {
    lab.open(client, affected, READ);
    lab.env.advance(ExportsLab.LEASE.multipliedBy(2));
    lab.server.services().clients().reap();
    assertThat(lab.affected.openFileCount()).as("open file of the courtesy client").isEqualTo(1);
    expectUnused(lab.serve(ExportsLab.open("/kept", lab.kept)));
  }

  @Test
  void exportsThatFormNoNamespaceChangeNothing() {
    Stateid4 open = lab.open(client, affected, READ);
    assertThatThrownBy(() ->
            lab.serve(ExportsLab.open("/kept", lab.kept), ExportsLab.open("/twice", lab.kept)))
        .isInstanceOfSatisfying(
            ExportException.class, e -> assertThat(e.path()).isEqualTo("/twice"));
    assertThat(ExportsLab.last(client, putfh(affected), read(open, 4))).isEqualTo(data());
    assertThat(client.statusFlags()).isZero();
  }

  // RFC 7862 section 15.2.3
  @Test
  void copyIntoAWithdrawnExportDoesNotStart() {
    assertThat(lab.serve(ExportsLab.open("/kept", lab.kept))).isCompleted();
    assertThat(ExportsLab.last(client, putfh(kept), savefh(), putfh(affected), copyAsync(0, 0, 0)))
        .isEqualTo(STALE);
  }
}
