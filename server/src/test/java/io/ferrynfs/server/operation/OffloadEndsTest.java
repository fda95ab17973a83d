package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.OffloadLab.PIECE;
import static io.ferrynfs.server.operation.OffloadLab.answer;
import static io.ferrynfs.server.operation.OffloadLab.done;
import static io.ferrynfs.server.operation.OffloadLab.noProgress;
import static io.ferrynfs.server.operation.OffloadLab.offload;
import static io.ferrynfs.server.operation.OffloadLab.progress;
import static io.ferrynfs.server.testing.Ops.commit;
import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static io.ferrynfs.server.testing.Ops.setattr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.server.CopyStatus;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How asynchronous copies end, and that nothing remains of them. */
class OffloadEndsTest {
  private static final Duration LEASE = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds());

  private final OffloadLab lab = new OffloadLab();

  private void expectEnd(Stateid4 stateid, OffloadInfo4 info) {
    SentCallback callback = lab.callback();
    assertThat(offload(callback)).isEqualTo(new CbOffload4Args(lab.target, stateid, info));
    answer(callback, Nfsstat4.NFS4_OK);
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // B11, S-012
  @Test
  void errorBeforeTheFirstByteIsReported() {
    Map<Status, Nfsstat4> expected =
        Map.ofEntries(
            entry(Status.IO, Nfsstat4.NFS4ERR_IO),
            entry(Status.NO_SPACE, Nfsstat4.NFS4ERR_NOSPC),
            entry(Status.QUOTA, Nfsstat4.NFS4ERR_DQUOT),
            entry(Status.STALE, Nfsstat4.NFS4ERR_STALE),
            entry(Status.CLOSED, Nfsstat4.NFS4ERR_SERVERFAULT),
            entry(Status.TOO_BIG, Nfsstat4.NFS4ERR_FBIG),
            entry(Status.READ_ONLY, Nfsstat4.NFS4ERR_IO),
            entry(Status.ACCESS, Nfsstat4.NFS4ERR_IO));
    expected.forEach((failure, status) -> {
      lab.plan.fail(Operation.COPY_RANGE, 1, failure);
      Stateid4 stateid = lab.start();
      lab.run();
      assertThat(lab.status(stateid)).isEqualTo(progress(0, status));
      expectEnd(stateid, new OffloadInfo4.Failed(status, 0));
    });
  }

  // C-028
  @Test
  void errorAfterSomeBytesIsADurableShortCopy() {
    Stateid4 stateid = lab.start();
    lab.piece();
    lab.plan.fail(Operation.COPY_RANGE, 2, Status.IO);
    lab.run();
    expectEnd(stateid, done(2 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
    assertThat(lab.plan.calls(Operation.SYNC)).isEqualTo(1);
  }

  // B-013: a Linux client ignores the byte count of a failed copy
  @Test
  void copyThatFailsAfterSomeBytesIsShortAndTheNextCopyReportsTheError() {
    Map<Status, Nfsstat4> expected =
        Map.of(
            Status.NO_SPACE, Nfsstat4.NFS4ERR_NOSPC,
            Status.QUOTA, Nfsstat4.NFS4ERR_DQUOT,
            Status.TOO_BIG, Nfsstat4.NFS4ERR_FBIG,
            Status.IO, Nfsstat4.NFS4ERR_IO);
    expected.forEach((failure, status) -> {
      Stateid4 stateid = lab.start();
      lab.piece();
      lab.plan.failAll(Operation.COPY_RANGE, failure);
      lab.run();
      assertThat(lab.status(stateid)).isEqualTo(progress(PIECE, Nfsstat4.NFS4_OK));
      expectEnd(stateid, done(PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
      Stateid4 rest =
          OffloadLab.stateid(
              lab.files.last(
                  putfh(lab.source),
                  savefh(),
                  putfh(lab.target),
                  copyAsync(PIECE, PIECE, 3 * PIECE)));
      lab.run();
      expectEnd(rest, new OffloadInfo4.Failed(status, 0));
      lab.plan.heal().shorten(Operation.COPY_RANGE, PIECE);
    });
  }

  // B-013
  @Test
  void byTheRulesOfTheRfcNospcIsReportedAfterSomeBytesToo() {
    Map<Status, Nfsstat4> expected =
        Map.of(
            Status.NO_SPACE, Nfsstat4.NFS4ERR_NOSPC,
            Status.QUOTA, Nfsstat4.NFS4ERR_DQUOT,
            Status.TOO_BIG, Nfsstat4.NFS4ERR_FBIG);
    expected.forEach((failure, status) -> {
      OffloadLab strict = new OffloadLab(ServerLimits.defaults(), CopyRules.RFC7862);
      Stateid4 stateid = strict.start();
      strict.piece();
      strict.plan.fail(Operation.COPY_RANGE, 1, failure);
      strict.run();
      assertThat(strict.status(stateid)).isEqualTo(progress(PIECE, status));
      assertThat(offload(strict.callback()))
          .isEqualTo(
              new CbOffload4Args(strict.target, stateid, new OffloadInfo4.Failed(status, PIECE)));
    });
  }

  //
  @Test
  void temporaryErrorOfTheVolumeIsRetriedUntilALimit() {
    Stateid4 stateid = lab.start();
    lab.plan.fail(Operation.COPY_RANGE, 1, Status.TRY_LATER);
    lab.piece();
    assertThat(lab.piece()).as("the copy pauses").isFalse();
    lab.files.env.advance(Duration.ofMillis(250));
    lab.run();
    expectEnd(stateid, done(4 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
    lab.plan.failAll(Operation.COPY_RANGE, Status.TRY_LATER);
    Stateid4 second = lab.start();
    for (int i = 0; i < 21; i++) {
      lab.run();
      lab.files.env.advance(Duration.ofMillis(250));
    }
    expectEnd(second, new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_IO, 0));
  }

  // B13, C-033, C-035, D-002, D-004
  @Test
  void copyThatCannotBeMadeDurableCompletesWithTheOldVerifier() {
    Verifier4 before = lab.verifier();
    lab.plan.fail(Operation.SYNC, 1, Status.IO);
    Stateid4 stateid = lab.start();
    lab.run();
    assertThat(lab.verifier()).isNotEqualTo(before);
    assertThat(lab.files.last(putfh(lab.target), commit()))
        .isEqualTo(new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(lab.verifier()))));
    expectEnd(stateid, done(4 * PIECE, StableHow4.UNSTABLE4, before));
  }

  // B13, C-035
  @Test
  void syncThatFailsDuringTheCopyMakesItUnstable() {
    Verifier4 before = lab.verifier();
    Stateid4 stateid = lab.start();
    lab.piece();
    lab.plan.fail(Operation.SYNC, 1, Status.IO);
    assertThat(lab.files.status(putfh(lab.target), commit())).isEqualTo(Nfsstat4.NFS4ERR_IO);
    lab.run();
    expectEnd(stateid, done(4 * PIECE, StableHow4.UNSTABLE4, before));
  }

  // A-029, C-032, D11
  @Test
  void copyOfATruncatedSourceEndsAtItsNewEnd() {
    Stateid4 stateid = lab.start();
    lab.piece();
    AttrValues size = AttrValues.builder().put(Attrs.SIZE, PIECE + 10L).build();
    assertThat(lab.files.status(putfh(lab.source), setattr(Stateids.ANONYMOUS, size)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.run();
    expectEnd(stateid, done(PIECE + 10, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  //
  @Test
  void copyIntoARemovedTargetCompletes() {
    Stateid4 stateid = lab.start();
    lab.piece();
    assertThat(lab.files.status(Ops.putrootfh(), Ops.remove("target"))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.run();
    expectEnd(stateid, done(4 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // T-009
  @Test
  void copiesOfAnExpiredClientStopWithoutACallback() {
    NfsFh4 other = lab.files.file("other", "");
    lab.start();
    OffloadLab.start(lab.files.client, lab.source, other);
    lab.piece();
    lab.files.env.advance(LEASE.plusSeconds(1));
    lab.files.server.services().clients().reap();
    lab.run();
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // A-020, E-006, T-009
  @Test
  void copiesOfARestartedClientStop() {
    lab.start();
    lab.piece();
    RawClient again = lab.files.client.restart();
    again.mount();
    lab.run();
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // A-021, E-008
  @Test
  void clientWithARunningCopyIsBusyAndWithACompletedOneIsNot() {
    RawClient client = lab.files.client;
    lab.start();
    assertThat(client.compound(Ops.destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(client.compound(Ops.destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
    lab.run();
    assertThat(client.compound(Ops.destroyClientid(client.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.expectNothingLeft();
  }

  // copies outlive their session; the client receives CB_OFFLOAD in another one
  @Test
  void callbackUsesAnotherSessionAfterTheCopysOwnIsDestroyed() {
    RawClient client = lab.files.client;
    Stateid4 stateid = lab.start();
    assertThat(client.compound(Ops.destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    lab.run();
    lab.expectNoCallback();
    client.createSession(2, RawClient.channel(1 << 20, 4096, 32, 4));
    lab.files.run();
    expectEnd(stateid, done(4 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // a client that lost the reply to COPY with its session does not know the copy
  @Test
  void retriedCopyReplacesTheOneOfADestroyedSession() {
    RawClient client = lab.files.client;
    Stateid4 first = lab.start();
    assertThat(lab.piece()).isTrue();
    Stateid4 otherFile = OffloadLab.start(client, lab.source, lab.files.file("other", ""));
    assertThat(client.compound(Ops.destroySession(client.sessionid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    client.createSession(2, RawClient.channel(1 << 20, 4096, 32, 4));
    assertThat(lab.files.last(putfh(lab.source), savefh(), putfh(lab.target), copyAsync(0, 0, 0)))
        .as("the first copy may be writing a chunk")
        .isEqualTo(new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_DELAY)));
    assertThat(lab.piece()).isTrue();
    Stateid4 second = lab.start();
    assertThat(lab.status(first)).isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.engine().activeCount())
        .as("this copy and the one into another file")
        .isEqualTo(2);
    assertThat(lab.start()).as("the session of the second copy exists").isNotEqualTo(second);
    assertThat(lab.engine().activeCount()).isEqualTo(3);
    assertThat(otherFile).isNotEqualTo(second);
  }

  // T-011
  @Test
  void callbackThatReturnsAnUnknownStateidDiscardsTheCopy() {
    for (Nfsstat4 unknown : List.of(Nfsstat4.NFS4ERR_BADHANDLE, Nfsstat4.NFS4ERR_BAD_STATEID)) {
      lab.start();
      lab.run();
      answer(lab.callback(), unknown);
      lab.expectNothingLeft();
    }
  }

  // A-015, T-011
  @Test
  void callbackThatReturnsDelayIsRetried() {
    Stateid4 stateid = lab.start();
    lab.run();
    answer(lab.callback(), Nfsstat4.NFS4ERR_DELAY);
    assertThat(lab.status(stateid)).isEqualTo(progress(4 * PIECE, Nfsstat4.NFS4_OK));
    lab.files.env.advance(Duration.ofSeconds(1));
    expectEnd(stateid, done(4 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // B12, S-010, T-010
  @Test
  void resultIsKeptForTwoLeasesWhenTheClientRejectsTheCallback() {
    Stateid4 stateid = lab.start();
    lab.run();
    answer(lab.callback(), Nfsstat4.NFS4ERR_NOTSUPP);
    for (int i = 0; i < 3; i++) {
      lab.files.env.advance(LEASE.dividedBy(2));
      assertThat(lab.status(stateid)).isEqualTo(progress(4 * PIECE, Nfsstat4.NFS4_OK));
    }
    lab.files.env.advance(LEASE.dividedBy(2).plusSeconds(1));
    assertThat(lab.status(stateid)).isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
    lab.expectNothingLeft();
  }

  // B40
  @Test
  void lostCallbackIsSentAgainUntilItIsAnswered() {
    Stateid4 stateid = lab.start();
    lab.run();
    SentCallback lost = lab.callback();
    lab.connection().disconnect();
    lost.fail(RpcException.Kind.CONNECTION_LOST);
    lab.files.client.onConnection(lab.files.server.connect());
    assertThat(lab.status(stateid)).isEqualTo(progress(4 * PIECE, Nfsstat4.NFS4_OK));
    lab.expectNoCallback();
    lab.files.client.compound(
        new NfsArgop4.BindConnToSession(
            new BindConnToSession4Args(
                lab.files.client.sessionid(), ChannelDirFromClient4.CDFC4_FORE_OR_BOTH, false)));
    SentCallback again = lab.callback();
    assertThat(again.args()).isEqualTo(lost.args());
    answer(again, Nfsstat4.NFS4_OK);
    lab.expectNothingLeft();
  }

  //
  @Test
  void administratorSeesACopyAndCancelsItAndItsClientReceivesAShortCopy() {
    Stateid4 stateid = lab.start();
    lab.piece();
    lab.files.env.advance(Duration.ofSeconds(3));
    assertThat(lab.engine().copies())
        .containsExactly(
            new CopyStatus(
                1,
                "127.0.0.1:700 lab",
                "/?",
                "/?",
                PIECE,
                4 * PIECE,
                Duration.ofSeconds(3),
                CopyStatus.State.RUNNING));
    CompletableFuture<Boolean> ended = lab.engine().cancel(1);
    assertThat(ended).isNotDone();
    lab.run();
    assertThat(ended).isCompletedWithValue(true);
    assertThat(lab.engine().cancel(1)).isCompletedWithValue(false);
    expectEnd(stateid, done(PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  @Test
  void copyThatTheAdministratorCancelledIsDeniedForALease() {
    lab.start();
    lab.piece();
    var _ = lab.engine().cancel(1);
    lab.run();
    answer(lab.callback(), Nfsstat4.NFS4_OK);
    NfsResop4 denied = new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED));
    assertThat(
            lab.files.last(
                putfh(lab.source), Ops.savefh(), putfh(lab.target), Ops.copyAsync(PIECE, PIECE, 0)))
        .isEqualTo(denied);
    assertThat(
            lab.files.last(
                putfh(lab.source), Ops.savefh(), putfh(lab.target), Ops.copy(PIECE, PIECE, 0)))
        .isEqualTo(denied);
    OffloadLab.start(lab.another("other"), lab.source, lab.target);
    lab.files.env.advance(LEASE);
    lab.start();
  }

  // A-028, C-030: a count of zero would look like the end of the file
  @Test
  void copyCancelledBeforeItsFirstByteStillCopiesAChunk() {
    Stateid4 stateid = lab.start();
    var _ = lab.engine().cancel(1);
    lab.run();
    expectEnd(stateid, done(PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // A-026, B8
  @Test
  void stoppingServerReportsTheProgressOfItsCopies() {
    Stateid4 first = lab.start();
    lab.run();
    Stateid4 second = lab.start();
    lab.piece();
    CompletableFuture<Void> stopped = lab.engine().stop(Duration.ofSeconds(2));
    assertThat(
            lab.files.last(
                putfh(lab.source), Ops.savefh(), putfh(lab.target), Ops.copyAsync(0, 0, 0)))
        .isEqualTo(new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_DELAY)));
    lab.run();
    SentCallback whole = lab.callback();
    assertThat(offload(whole).stateid()).isEqualTo(first);
    answer(whole, Nfsstat4.NFS4_OK);
    assertThat(stopped).isNotDone();
    expectEnd(second, done(PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
    assertThat(stopped).isCompleted();
  }

  // A-026, B8
  @Test
  void stoppingServerWaitsForAClientForALimitedTime() {
    lab.start();
    lab.run();
    CompletableFuture<Void> stopped = lab.engine().stop(Duration.ofSeconds(2));
    assertThat(stopped).isNotDone();
    lab.files.env.advance(Duration.ofSeconds(2));
    assertThat(stopped).isCompleted();
  }
}
