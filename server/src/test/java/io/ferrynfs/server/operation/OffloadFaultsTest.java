package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.OffloadLab.PIECE;
import static io.ferrynfs.server.operation.OffloadLab.answer;
import static io.ferrynfs.server.operation.OffloadLab.done;
import static io.ferrynfs.server.operation.OffloadLab.offload;
import static io.ferrynfs.server.testing.Ops.commit;
import static io.ferrynfs.server.testing.Ops.copy;
import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.read;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientShares;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Copies end even when the volume is broken, a pool is full, the server stops or the rate makes
 * them pause.
 */
class OffloadFaultsTest {
  private static void expectEnd(OffloadLab lab, Stateid4 stateid, OffloadInfo4 info) {
    SentCallback callback = lab.callback();
    assertThat(offload(callback)).isEqualTo(new CbOffload4Args(lab.target, stateid, info));
    answer(callback, Nfsstat4.NFS4_OK);
    lab.expectNoCallback();
    lab.expectNothingLeft();
  }

  // A-015, C-035
  @Test
  void volumeFaultDuringTheSyncCountsAsAFailedSyncAndTheCopyEnds() {
    OffloadLab lab = new OffloadLab();
    Verifier4 before = lab.verifier();
    lab.plan.on(
        Operation.SYNC,
        1,
        () -> {
          throw new IllegalStateException("broken volume");
        });
    Stateid4 stateid = lab.start();
    lab.run();
    assertThat(lab.verifier()).isNotEqualTo(before);
    expectEnd(lab, stateid, done(4 * PIECE, StableHow4.UNSTABLE4, before));
  }

  // the pause for the rate may be longer than the server waits for its clients
  @Test
  void copyThatPausesForTheRateEndsAtOnceWhenTheServerStops() {
    OffloadLab lab = new OffloadLab(CopyLimits.builder().bytesPerSecondMax(PIECE).build());
    Stateid4 stateid = lab.start();
    lab.piece();
    assertThat(lab.piece()).as("the copy pauses").isFalse();
    CompletableFuture<Void> stopped = lab.engine().stop(Duration.ofSeconds(2));
    lab.run();
    expectEnd(lab, stateid, done(PIECE / 10, StableHow4.FILE_SYNC4, lab.verifier()));
    assertThat(stopped).isCompleted();
    lab.files.env.advance(Duration.ofSeconds(1));
    lab.expectNothingLeft();
  }

  //
  @Test
  void copyThatPausesForTheRateEndsAtOnceWhenTheAdministratorCancelsIt() {
    OffloadLab lab = new OffloadLab(CopyLimits.builder().bytesPerSecondMax(PIECE).build());
    Stateid4 stateid = lab.start();
    lab.piece();
    CompletableFuture<Boolean> ended = lab.engine().cancel(1);
    lab.run();
    assertThat(ended).isCompletedWithValue(true);
    expectEnd(lab, stateid, done(PIECE / 10, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // nothing would resume the copy, and waiters for its end would wait forever
  @Test
  void copyThatFindsNoThreadEndsAsAShortCopy() {
    OffloadLab lab = new OffloadLab();
    Stateid4 stateid = lab.start();
    lab.files.env.setPoolsFull(true);
    lab.piece();
    lab.files.env.setPoolsFull(false);
    expectEnd(lab, stateid, done(PIECE, StableHow4.FILE_SYNC4, lab.verifier()));
  }

  // the thread that completes the reply of one copy may wait for a disk, and must not delay
  // the next copy
  @Test
  void copyAcceptedDuringAStepOfAnotherRunsOnItsOwnThread() {
    ClientShares narrow =
        ClientShares.builder().bulkQueuedPerClientMax(1).bulkBytesPerClientMax(1 << 20).build();
    OffloadLab lab = new OffloadLab(ServerLimits.builder().shares(narrow).build());
    RawClient client = lab.files.client;
    CallReply reply =
        client.postCall(
            putfh(lab.source),
            savefh(),
            putfh(lab.target),
            copy(0, 0, 0),
            copyAsync(0, 0, 0),
            commit());
    // The client's queue is full, so the rest of the COMPOUND runs on the thread that ends the
    // first copy.
    lab.files.env.hold("bulk");
    client.post(
        RawClient.in(client.sequence(1, 1, false), putfh(lab.source), read(Stateids.ANONYMOUS, 1)));
    List<Boolean> steps = new ArrayList<>();
    lab.plan.on(Operation.SYNC, 1, () -> steps.add(lab.piece()));
    lab.run();
    assertThat(steps).as("step that another thread runs during COMMIT").containsExactly(true);
    assertThat(RawClient.decode(reply).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }
}
