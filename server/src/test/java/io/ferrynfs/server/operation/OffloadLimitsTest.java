package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.OffloadLab.PIECE;
import static io.ferrynfs.server.operation.OffloadLab.answer;
import static io.ferrynfs.server.operation.OffloadLab.offload;
import static io.ferrynfs.server.testing.Ops.copy;
import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The limits of copies, and the order in which copies run. */
class OffloadLimitsTest {
  private static final NfsResop4 AT_THE_LIMIT =
      new NfsResop4.Copy(new Copy4Res.OffloadNoReqs(new CopyRequirements4(true, true)));

  private static NfsResop4 startCopy(OffloadLab lab) {
    return lab.files.last(putfh(lab.source), savefh(), putfh(lab.target), copyAsync(0, 0, 0));
  }

  private static NfsResop4 startCopy(RawClient client, OffloadLab lab) {
    return client
        .call(putfh(lab.source), savefh(), putfh(lab.target), copyAsync(0, 0, 0))
        .resarray()
        .getLast();
  }

  private static OffloadLab strict(CopyLimits limits) {
    return new OffloadLab(ServerLimits.builder().copies(limits).build(), CopyRules.RFC7862);
  }

  // C-024, C-042: Linux 6.1 fails when it receives OFFLOAD_NO_REQS
  @Test
  void beyondALimitTheCopyOfALinuxClientIsSynchronous() {
    OffloadLab lab = new OffloadLab(CopyLimits.builder().jobsMax(3).jobsPerClientMax(1).build());
    lab.start();
    CallReply answer =
        lab.files.client.postCall(
            putfh(lab.source), savefh(), putfh(lab.target), copyAsync(0, 0, 10));
    lab.run();
    assertThat(result(answer)).isEqualTo(CopyTest.ok(lab.files, 10));
  }

  // B5, C-023, C-042, W-008
  @Test
  void beyondALimitTheServerOffersASynchronousCopyAndPerformsIt() {
    OffloadLab lab = strict(CopyLimits.builder().jobsMax(3).jobsPerClientMax(2).build());
    lab.start();
    lab.start();
    assertThat(startCopy(lab)).isEqualTo(AT_THE_LIMIT);
    RawClient other = lab.another("other");
    OffloadLab.start(other, lab.source, lab.target);
    assertThat(startCopy(other, lab)).as("the server's limit").isEqualTo(AT_THE_LIMIT);
    CallReply answer = postSynchronous(lab.files.client, lab, 10);
    lab.run();
    assertThat(result(answer)).isEqualTo(CopyTest.ok(lab.files, 10));
  }

  // C-042, X-014: otherwise a client that starts and cancels copies would keep more and more files
  // open
  @Test
  void queuedCopyThatWasCancelledCountsUntilItsFilesAreClosed() {
    OffloadLab lab =
        strict(
            CopyLimits.builder()
                .jobsMax(3)
                .jobsPerClientMax(2)
                .resultsPerClientMax(10)
                .stepsMax(1)
                .stepsPerVolumeMax(1)
                .build());
    lab.start();
    Stateid4 waiting = lab.start();
    lab.files.env.hold(OffloadLab.SYNCING);
    assertThat(lab.cancel(waiting)).isEqualTo(OffloadLab.cancelled(Nfsstat4.NFS4_OK));
    assertThat(startCopy(lab)).isEqualTo(AT_THE_LIMIT);
    lab.files.env.release(OffloadLab.SYNCING);
    OffloadLab.stateid(startCopy(lab));
  }

  private static CallReply postSynchronous(RawClient client, OffloadLab lab, long bytes) {
    return client.postCall(putfh(lab.source), savefh(), putfh(lab.target), copy(0, 0, bytes));
  }

  private static NfsResop4 result(CallReply answer) {
    return RawClient.decode(answer).resarray().getLast();
  }

  @Test
  void synchronousCopyAlternatesWithOthersAndHoldsNoThreadWhileItWaits() {
    OffloadLab lab =
        new OffloadLab(
            CopyLimits.builder().resultsPerClientMax(10).stepsMax(1).stepsPerVolumeMax(1).build());
    for (int i = 0; i < 5; i++) {
      lab.start();
    }
    RawClient other = lab.another("other");
    CallReply answer = postSynchronous(other, lab, 2 * PIECE);
    // One chunk of the first client's copy, which had started, and then a chunk of each in turn.
    for (int pieces = 0; pieces < 5; pieces++) {
      assertThat(answer.isComplete()).isFalse();
      lab.piece();
    }
    assertThat(result(answer)).isEqualTo(CopyTest.ok(lab.files, 2 * PIECE));
  }

  @Test
  void synchronousCopyIsShortAfterItsTimeLimit() {
    OffloadLab lab = new OffloadLab();
    CallReply answer = postSynchronous(lab.files.client, lab, 4 * PIECE);
    lab.files.env.advance(Duration.ofSeconds(10));
    lab.piece();
    assertThat(answer.isComplete())
        .as("the time limit does not include the wait for the first step")
        .isFalse();
    lab.files.env.advance(Duration.ofSeconds(3));
    lab.piece();
    assertThat(result(answer)).isEqualTo(CopyTest.ok(lab.files, 2 * PIECE));
    lab.expectNothingLeft();
  }

  @Test
  void beyondTheLimitsOfSynchronousCopiesTheServerReturnsDelay() {
    OffloadLab lab =
        new OffloadLab(CopyLimits.builder().synchronousMax(2).synchronousPerClientMax(1).build());
    RawClient client = lab.files.client;
    CallReply first = postSynchronous(client, lab, PIECE);
    NfsArgop4[] copy = {
      client.sequence(1, 1, false),
      putfh(lab.source),
      savefh(),
      putfh(lab.target),
      copy(0, 0, PIECE)
    };
    assertThat(client.compound(copy).status())
        .as("the client's limit")
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    CallReply second = postSynchronous(lab.another("second"), lab, PIECE);
    assertThat(result(postSynchronous(lab.another("third"), lab, PIECE)).status())
        .as("the server's limit")
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    lab.run();
    assertThat(result(first)).isEqualTo(CopyTest.ok(lab.files, PIECE));
    assertThat(result(second)).isEqualTo(CopyTest.ok(lab.files, PIECE));
    lab.expectNothingLeft();
  }

  @Test
  void synchronousCopyWritesNothingAfterItsClientExpired() {
    OffloadLab lab =
        new OffloadLab(
            CopyLimits.builder().resultsPerClientMax(10).stepsMax(1).stepsPerVolumeMax(1).build());
    RawClient other = lab.another("other");
    OffloadLab.start(other, lab.source, lab.files.file("elsewhere", ""));
    CallReply answer = postSynchronous(lab.files.client, lab, 4 * PIECE);
    assertThat(lab.files.server.services().clients().expire(lab.files.client.clientid()))
        .isCompletedWithValue(true);
    assertThat(answer.isComplete()).isTrue();
    lab.run();
    assertThat(lab.files.content("target")).isEmpty();
    answer(OffloadLab.callback(other.connection()), Nfsstat4.NFS4_OK);
    lab.expectNothingLeft();
  }

  // B5, B6, B7, C-043
  @Test
  void thousandsOfSuccessiveCopiesReachNoLimit() {
    OffloadLab lab = new OffloadLab(CopyLimits.builder().jobsMax(2).jobsPerClientMax(2).build());
    for (int i = 0; i < 10_000; i++) {
      lab.start();
      lab.run();
      answer(lab.callback(), Nfsstat4.NFS4_OK);
    }
    lab.expectNothingLeft();
  }

  // A-004, B4, B6, B15, B18, C-016
  @Test
  void copyThatCannotStartLeavesNoState() {
    OffloadLab lab =
        new OffloadLab(
            ServerLimits.builder()
                .stateidsPerClientMax(0)
                .copies(CopyLimits.builder().jobsMax(2).jobsPerClientMax(2).build())
                .build(),
            CopyRules.RFC7862);
    for (int i = 0; i < 100; i++) {
      assertThat(startCopy(lab)).isEqualTo(AT_THE_LIMIT);
      lab.expectNothingLeft();
      assertThat(lab.files.last(putfh(lab.source), savefh(), putfh(lab.target), copy(0, 0, 0)))
          .isEqualTo(new NfsResop4.Copy(new Copy4Res.Failed(Nfsstat4.NFS4ERR_DELAY)));
      lab.expectNothingLeft();
    }
  }

  // B7, C-043
  @Test
  void clientThatNeverAnswersItsCallbacksGetsSynchronousCopiesAtItsLimit() {
    OffloadLab lab =
        strict(
            CopyLimits.builder().resultsPerClientMax(3).stepsMax(1).stepsPerVolumeMax(1).build());
    for (int i = 0; i < 3; i++) {
      lab.start();
      lab.run();
    }
    assertThat(startCopy(lab)).isEqualTo(AT_THE_LIMIT);
    answer(lab.callback(), Nfsstat4.NFS4_OK);
    lab.start();
  }

  @Test
  void clientsAlternateHoweverManyCopiesOneOfThemStarts() {
    OffloadLab lab =
        new OffloadLab(
            CopyLimits.builder().resultsPerClientMax(10).stepsMax(1).stepsPerVolumeMax(1).build());
    RawClient other = lab.another("other");
    List<Stateid4> many = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      many.add(lab.start());
    }
    NfsFh4 small = lab.files.file("small", "x".repeat(2 * PIECE));
    OffloadLab.start(other, small, lab.files.file("smallCopy", ""));
    // One chunk of the first client's copy, which had started, and then a chunk of each in turn.
    for (int pieces = 0; pieces < 5; pieces++) {
      lab.piece();
    }
    assertThat(offload(OffloadLab.callback(other.connection())).offloadInfo())
        .isEqualTo(OffloadLab.done(2 * PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
    lab.run();
    List<Stateid4> ended = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      SentCallback callback = lab.callback();
      ended.add(offload(callback).stateid());
      answer(callback, Nfsstat4.NFS4_OK);
    }
    assertThat(ended).as("copies of one client run one after another").isEqualTo(many);
  }

  @Test
  void concurrentStepsOfAVolumeAreLimited() {
    OffloadLab lab =
        new OffloadLab(
            CopyLimits.builder().resultsPerClientMax(10).stepsMax(4).stepsPerVolumeMax(2).build());
    for (int i = 0; i < 5; i++) {
      lab.start();
    }
    int handedOut = 0;
    lab.files.env.hold(OffloadLab.COPYING);
    while (lab.engine().copies().size() == 5 && handedOut < 3 && lab.piece()) {
      handedOut++;
      assertThat(lab.engine().stepsAtOnce()).isEqualTo(2);
    }
    assertThat(handedOut).isEqualTo(3);
  }

  // A-030, C-026
  @Test
  void smallCopyIsSynchronousEvenIfItMayBeAsynchronous() {
    FileLab files = new FileLab();
    NfsFh4 source = files.file("source", "x".repeat(100));
    NfsFh4 target = files.file("target", "");
    assertThat(files.last(putfh(source), savefh(), putfh(target), copyAsync(0, 0, 0)))
        .isEqualTo(CopyTest.ok(files, 100));
    assertThat(files.state.size()).isZero();
  }
}
