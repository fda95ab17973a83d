package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.OffloadLab.PIECE;
import static io.ferrynfs.server.operation.OffloadLab.answer;
import static io.ferrynfs.server.operation.OffloadLab.asynchronous;
import static io.ferrynfs.server.operation.OffloadLab.cancelled;
import static io.ferrynfs.server.operation.OffloadLab.done;
import static io.ferrynfs.server.operation.OffloadLab.noProgress;
import static io.ferrynfs.server.operation.OffloadLab.offload;
import static io.ferrynfs.server.operation.OffloadLab.progress;
import static io.ferrynfs.server.testing.Ops.close;
import static io.ferrynfs.server.testing.Ops.commit;
import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.getattr;
import static io.ferrynfs.server.testing.Ops.offloadCancel;
import static io.ferrynfs.server.testing.Ops.offloadStatus;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.read;
import static io.ferrynfs.server.testing.Ops.savefh;
import static io.ferrynfs.server.testing.Ops.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReferringCall4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import io.ferrynfs.wire.nfs4.TestStateid4Resok;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An asynchronous COPY, OFFLOAD_STATUS and OFFLOAD_CANCEL (RFC 7862 sections 4.4, 4.8, 15 and 16).
 */
class OffloadTest {
  private final OffloadLab lab = new OffloadLab();

  // F-003, A-001, A-002, A-003, A-009, A-010, A-013, A-014, A-019, B9, B16, B22, C-026, C-027,
  // C-034, C-036, D-004, T-007, T-008, W-017
  @Test
  void copyReturnsAStateidAndItsClientReceivesACallbackAtTheEnd() {
    Verifier4 verifier = lab.verifier();
    NfsResop4 reply =
        lab.files.last(putfh(lab.source), savefh(), putfh(lab.target), copyAsync(0, 0, 0));
    Stateid4 stateid = OffloadLab.stateid(reply);
    assertThat(reply).isEqualTo(asynchronous(stateid, verifier));
    assertThat(stateid.seqid()).as("T-002, T-003").isEqualTo(1);
    lab.expectNoCallback();
    lab.run();
    SentCallback callback = lab.callback();
    CbSequence4Args sequence = callback.sequence();
    ReferringCallList4 copyCall =
        new ReferringCallList4(lab.files.client.sessionid(), List.of(new ReferringCall4(2, 0)));
    assertThat(callback.args())
        .isEqualTo(
            new CbCompound4Args(
                Opaque.EMPTY,
                2,
                0,
                List.of(
                    new NfsCbArgop4.Sequence(
                        new CbSequence4Args(
                            sequence.sessionid(), 1, 0, 0, false, List.of(copyCall))),
                    new NfsCbArgop4.Offload(
                        new CbOffload4Args(
                            lab.target,
                            stateid,
                            done(4 * PIECE, StableHow4.FILE_SYNC4, verifier))))));
    assertThat(lab.plan.calls(Operation.SYNC)).isEqualTo(1);
    assertThat(lab.files.content("target")).isEqualTo(lab.files.content("source"));
    answer(callback, Nfsstat4.NFS4_OK);
    assertThat(lab.status(stateid)).isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // F-003, F-008, S-001, S-002, S-003, S-004, S-007, S-009, S-010
  @Test
  void offloadStatusReportsProgressAndTheResultAnyNumberOfTimes() {
    Stateid4 stateid = lab.start();
    assertThat(lab.status(stateid)).isEqualTo(progress(0, null));
    for (int pieces = 1; pieces < 4; pieces++) {
      lab.piece();
      assertThat(lab.status(stateid)).isEqualTo(progress((long) pieces * PIECE, null));
    }
    lab.files.env.hold(OffloadLab.SYNCING);
    lab.piece();
    assertThat(lab.status(stateid)).as("not durable yet").isEqualTo(progress(4 * PIECE, null));
    lab.files.env.release(OffloadLab.SYNCING);
    for (int i = 0; i < 3; i++) {
      assertThat(lab.status(stateid)).isEqualTo(progress(4 * PIECE, Nfsstat4.NFS4_OK));
    }
    answer(lab.callback(), Nfsstat4.NFS4_OK);
    lab.expectNothingLeft();
  }

  // S-006, S-008, S-011, X-001, T-001, T-002, T-003, T-019, X-006, X-007, X-008
  @Test
  void stateidOfAnythingElseIsBadForStatusAndCancel() {
    Stateid4 stateid = lab.start();
    Stateid4 open = lab.files.open(lab.target, "o", Ops.WRITE);
    List<Stateid4> bad =
        List.of(
            new Stateid4(1, Opaque.ofHex("0102030405060708090a0b0c")),
            new Stateid4(0, stateid.other()),
            open);
    for (Stateid4 other : bad) {
      assertThat(lab.status(other)).isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
      assertThat(lab.cancel(other)).isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
    }
    assertThat(lab.files.last(putfh(lab.source), offloadStatus(stateid)))
        .isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
    RawClient stranger = lab.another("stranger");
    for (NfsArgop4 query : List.of(offloadStatus(stateid), offloadCancel(stateid))) {
      assertThat(stranger.call(putfh(lab.target), query).status())
          .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
      assertThat(lab.files.status(query)).isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    }
    assertThat(lab.status(new Stateid4(7, stateid.other()))).isEqualTo(progress(0, null));
  }

  // S-008
  @Test
  void anotherSessionOfTheSameClientMayQueryTheStatus() {
    Stateid4 stateid = lab.start();
    lab.files.client.createSession(2, RawClient.channel(1 << 20, 4096, 32, 4));
    assertThat(lab.status(stateid)).isEqualTo(progress(0, null));
  }

  // T-001, T-005, T-012
  @Test
  void stateidOfACopyIsAcceptedByNoOtherOperation() {
    Stateid4 stateid = lab.start();
    List<NfsArgop4> others =
        List.of(
            read(stateid, 0, 1),
            write(stateid, 0, StableHow4.UNSTABLE4, "x"),
            close(stateid),
            new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid)));
    for (NfsArgop4 other : others) {
      assertThat(lab.files.status(putfh(lab.target), other))
          .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    assertThat(lab.files.last(new NfsArgop4.TestStateid(new TestStateid4Args(List.of(stateid)))))
        .isEqualTo(
            new NfsResop4.TestStateid(
                new TestStateid4Res.Ok(
                    new TestStateid4Resok(List.of(Nfsstat4.NFS4ERR_BAD_STATEID)))));
    assertThat(lab.status(stateid)).isEqualTo(progress(0, null));
  }

  //
  @Test
  void queuedCopyIsCancelledAtOnceWithoutACallback() {
    OffloadLab lab =
        new OffloadLab(
            CopyLimits.builder().resultsPerClientMax(10).stepsMax(1).stepsPerVolumeMax(1).build());
    NfsFh4 other = lab.files.file("other", "");
    Stateid4 first = OffloadLab.start(lab.files.client, lab.source, other);
    Stateid4 stateid = lab.start();
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    assertThat(lab.engine().activeCount()).isEqualTo(1);
    assertThat(lab.status(stateid)).isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
    lab.run();
    assertThat(lab.files.content("target")).isEmpty();
    SentCallback callback = lab.callback();
    assertThat(offload(callback).stateid()).isEqualTo(first);
    answer(callback, Nfsstat4.NFS4_OK);
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // D8, X-012, X-013
  @Test
  void cancelIsAnsweredWhenTheChunkInProgressIsWritten() {
    Stateid4 stateid = lab.start();
    lab.piece();
    List<CallReply> answers = new ArrayList<>();
    lab.plan.on(
        Operation.COPY_RANGE,
        1,
        () -> answers.add(lab.files.client.postCall(putfh(lab.target), offloadCancel(stateid))));
    List<Boolean> completeDuringStep = new ArrayList<>();
    lab.plan.on(Operation.COPY_RANGE, 1, () -> completeDuringStep.add(answers.get(0).isComplete()));
    lab.piece();
    assertThat(completeDuringStep).containsExactly(false);
    Compound4Res answer = RawClient.decode(answers.get(0));
    assertThat(answer.resarray().getLast()).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    lab.run();
    assertThat(lab.files.content("target")).hasSize(2 * PIECE);
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // B19
  @Test
  void copyThatIsBeingMadeDurableIsCancelledAtOnce() {
    Stateid4 stateid = lab.start();
    lab.files.env.hold(OffloadLab.SYNCING);
    lab.run();
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    lab.files.env.release(OffloadLab.SYNCING);
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // B19
  @Test
  void completedCopyMayBeCancelled() {
    Stateid4 stateid = lab.start();
    lab.run();
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4_OK));
    lab.expectNothingLeft();
    answer(lab.callback(), Nfsstat4.NFS4ERR_BAD_STATEID);
    lab.expectNothingLeft();
  }

  //
  @Test
  void anotherUserOfTheSameClientMayNotCancel() {
    Stateid4 stateid = lab.start();
    lab.files.user(4711);
    assertThat(lab.cancel(stateid)).isEqualTo(cancelled(Nfsstat4.NFS4ERR_BAD_STATEID));
    lab.files.user(FileLab.OWNER.uid());
    lab.run();
    assertThat(offload(lab.callback()).offloadInfo())
        .isEqualTo(done(4 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // W-027, C-044
  @Test
  void retriedCopyIsReplayedAndNotRepeated() {
    RawClient client = lab.files.client;
    NfsArgop4[] request =
        RawClient.in(
            client.sequence(1, 1, true),
            putfh(lab.source),
            savefh(),
            putfh(lab.target),
            copyAsync(0, 0, 0));
    Compound4Res first = client.compound(request);
    lab.run();
    assertThat(client.compound(request)).isEqualTo(first);
    answer(lab.callback(), Nfsstat4.NFS4_OK);
    lab.run();
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  //
  @Test
  void copiesOfOneFileRunConcurrentlyWithTheirOwnStateids() {
    NfsFh4 other = lab.files.file("other", "");
    Stateid4 one = lab.start();
    Stateid4 two = OffloadLab.start(lab.files.client, lab.source, other);
    assertThat(one.other()).isNotEqualTo(two.other());
    lab.run();
    assertThat(List.of(offload(lab.callback()).stateid(), offload(lab.callback()).stateid()))
        .containsExactlyInAnyOrder(one, two);
    assertThat(lab.files.content("other")).isEqualTo(lab.files.content("target"));
  }

  // A-030, K-030
  @Test
  void copyContinuesAfterItsOpensAreClosed() {
    Stateid4 from = lab.files.open(lab.source, "o", Ops.READ);
    Stateid4 to = lab.files.open(lab.target, "o", Ops.WRITE);
    Stateid4 stateid =
        OffloadLab.stateid(
            lab.files.last(
                putfh(lab.source), savefh(), putfh(lab.target), copyAsync(from, to, 0, 0, 0)));
    assertThat(lab.files.status(putfh(lab.source), close(from))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.files.status(putfh(lab.target), close(to))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.run();
    SentCallback callback = lab.callback();
    assertThat(offload(callback))
        .isEqualTo(
            new CbOffload4Args(
                lab.target, stateid, done(4 * PIECE, StableHow4.FILE_SYNC4, lab.verifier())));
    answer(callback, Nfsstat4.NFS4_OK);
    lab.expectNothingLeft();
  }

  //
  @Test
  void clientWithoutABackchannelGetsASynchronousCopy() {
    TestConnection elsewhere = lab.files.server.connect();
    TestConnection first = lab.connection();
    lab.files.client.onConnection(elsewhere);
    lab.files.run();
    first.disconnect();
    CallReply answer =
        lab.files.client.postCall(
            putfh(lab.source), savefh(), putfh(lab.target), copyAsync(0, 0, PIECE));
    lab.run();
    assertThat(RawClient.decode(answer).resarray().getLast())
        .isEqualTo(CopyTest.ok(lab.files, PIECE));
    lab.expectNothingLeft();
  }

  // B24, C-037
  @Test
  void changeAttributeOfTheTargetShowsTheCopy() {
    NfsResop4 before = lab.files.last(putfh(lab.target), getattr(Attrs.CHANGE));
    lab.start();
    lab.run();
    assertThat(lab.files.last(putfh(lab.target), getattr(Attrs.CHANGE))).isNotEqualTo(before);
    assertThat(CopyTest.values(lab.files.last(putfh(lab.target), getattr(Attrs.SIZE))))
        .satisfies(values -> assertThat(values.get(Attrs.SIZE)).isEqualTo(4L * PIECE));
  }

  // B9, D-004
  @Test
  void clientThatLearnsTheResultFromOffloadStatusCommitsWithTheVerifierOfTheReply() {
    Stateid4 stateid = lab.start();
    Verifier4 verifier = lab.verifier();
    lab.run();
    assertThat(lab.status(stateid)).isEqualTo(progress(4 * PIECE, Nfsstat4.NFS4_OK));
    assertThat(lab.files.last(putfh(lab.target), commit()))
        .isEqualTo(new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(verifier))));
  }

  // B10
  @Test
  void reapingWithoutACopyFindsNothing() {
    lab.files.server.services().clients().reap();
    lab.expectNothingLeft();
    lab.start();
    lab.files.server.services().clients().reap();
    assertThat(lab.engine().activeCount()).isEqualTo(1);
  }

  // A-027, T-008
  @Test
  void anotherInstanceOfTheServerKnowsNoStateidOfThisOne() {
    Stateid4 stateid = lab.start();
    OffloadLab restarted = new OffloadLab();
    assertThat(restarted.status(stateid)).isEqualTo(noProgress(Nfsstat4.NFS4ERR_BAD_STATEID));
  }
}
