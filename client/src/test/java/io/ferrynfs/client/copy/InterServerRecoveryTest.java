package io.ferrynfs.client.copy;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static io.ferrynfs.client.testing.CopyLab.stopped;
import static io.ferrynfs.client.testing.CopyLab.verifier;
import static io.ferrynfs.client.testing.TwoServersLab.notifyStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.testing.ScriptedServer;
import io.ferrynfs.client.testing.TwoServersLab;
import io.ferrynfs.client.testing.TwoServersLab.Request;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cancellation of copies between two servers, and restarts of either server. */
class InterServerRecoveryTest {

  private static final int FEW = 100_000;

  private final TwoServersLab lab;
  private int copies;

  InterServerRecoveryTest() throws Exception {
    lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.asynchronous(++copies);
  }

  private CopyHandle start() {
    return lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
  }

  private CopyHandle started() {
    CopyHandle handle = start();
    lab.destination.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    return handle;
  }

  private static Copy4Args copy(int notice, int open, long offset) {
    return new Copy4Args(
        notifyStateid(notice),
        CompoundOps.forData(openStateid(open)),
        offset,
        offset,
        FEW - offset,
        true,
        false,
        TwoServersLab.ADDRESSES);
  }

  private List<Copy4Args> copies() {
    return lab.destination.sent(NfsOpnum4.OP_COPY).stream()
        .map(operation -> ((NfsArgop4.Copy) operation).args())
        .toList();
  }

  private Request toSource(int notice) {
    return new Request(
        "source",
        List.of(
            CompoundOps.put(lab.source.handle("/a")),
            new NfsArgop4.OffloadCancel(new OffloadCancel4Args(notifyStateid(notice)))));
  }

  private Request toDestination(int copy) {
    return new Request(
        "destination",
        List.of(
            CompoundOps.put(lab.destination.handle("/b")),
            new NfsArgop4.OffloadCancel(new OffloadCancel4Args(copyStateid(copy)))));
  }

  private void assertCancelled(CopyHandle handle) {
    assertThat(handle.completion()).isCompletedExceptionally();
    assertThat(lab.failureOf(handle.completion()).reason()).isEqualTo(Reason.CANCELLED);
  }

  /** Restarts a server, which loses its state and connections. */
  private static void restart(ScriptedServer server) {
    server.forgetClients();
    server.connections().forEach(connection -> connection.close());
  }

  // K-018, C5, X-016, X-010
  @Test
  void cancelAfterTheReplyNotifiesBothServersInTheBackground() throws Exception {
    CopyHandle handle = started();
    lab.forget();
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofSeconds(5));
    assertThat(lab.requests()).containsExactlyInAnyOrder(toSource(1), toDestination(1));
  }

  // K-018, C5
  @Test
  void cancelBeforeTheReplyNotifiesTheDestinationWhenItHasReplied() throws Exception {
    lab.destination.server.hold = true;
    CopyHandle handle = start();
    assertThat(lab.world.runUntil(() -> !lab.destination.server.held.isEmpty(), TwoServersLab.LONG))
        .isTrue();
    lab.destination.server.hold = false;
    lab.forget();
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofSeconds(5));
    assertThat(lab.requests()).containsExactly(toSource(1));
    lab.forget();
    lab.destination.server.held.removeFirst().run();
    lab.world.run(Duration.ofSeconds(5));
    assertThat(lab.requests()).hasSize(2).endsWith(toDestination(1));
  }

  // K-018: before COPY_NOTIFY has replied, there is no stateid to release
  @Test
  void cancelBeforeCopyNotifyRepliesSendsNoCopy() throws Exception {
    lab.source.server.hold = true;
    CopyHandle handle = start();
    // The GETATTR that checks the source.
    assertThat(lab.world.runUntil(() -> !lab.source.server.held.isEmpty(), TwoServersLab.LONG))
        .isTrue();
    lab.source.server.held.removeFirst().run();
    assertThat(lab.world.runUntil(() -> !lab.source.server.held.isEmpty(), TwoServersLab.LONG))
        .isTrue();
    handle.cancel();
    assertCancelled(handle);
    lab.source.server.hold = false;
    lab.source.server.held.removeFirst().run();
    lab.world.run(Duration.ofSeconds(5));
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).hasSize(1);
    assertThat(lab.requests().getLast()).isEqualTo(toSource(1));
    assertThat(copies()).isEmpty();
  }

  // B46, X-016
  @Test
  void unreachableServerIsNotifiedWhenItReturns() throws Exception {
    CopyHandle handle = started();
    lab.world.partition("client", "source");
    lab.forget();
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofSeconds(100));
    assertThat(lab.requests()).containsExactly(toDestination(1));
    lab.world.heal("client", "source");
    lab.world.run(Duration.ofMinutes(20));
    assertThat(lab.requests()).contains(toSource(1));
  }

  // C5: closing makes one attempt in bounded time
  @Test
  void closeAfterCancelHasNotifiedTheSource() throws Exception {
    CopyHandle handle = started();
    handle.cancel();
    lab.await(lab.source.client().closeAsync());
    assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(1);
    lab.await(lab.destination.client().closeAsync());
    assertThat(lab.destination.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(1);
  }

  @Test
  void closeDoesNotWaitForAnUnreachableSource() throws Exception {
    CopyHandle handle = started();
    lab.world.partition("client", "source");
    handle.cancel();
    long before = lab.world.nanoTime();
    lab.await(lab.source.client().closeAsync());
    assertThat(Duration.ofNanos(lab.world.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
  }

  // C9, K-019, K-020
  @Test
  void restartOfTheDestinationRestartsTheCopyWithTheSameStateid() throws Exception {
    CopyHandle handle = started();
    restart(lab.destination.server);
    lab.destination.verifier = verifier(2);
    lab.destination.until(NfsOpnum4.OP_COPY, 2);
    // 101 is the lab's own open, 102 the reopen.
    assertThat(copies()).containsExactly(copy(1, 101, 0), copy(1, 102, 0));
    lab.callback(2, lab.done(FEW));
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).hasSize(1);
  }

  // C9, K-011: the source has released the stateid in the meantime
  @Test
  void stateidThatEndedDuringTheRestartOfTheDestinationIsReplaced() throws Exception {
    CopyHandle handle = started();
    restart(lab.destination.server);
    lab.destination.until(NfsOpnum4.OP_COPY, 2);
    // Servers differ in the status.
    lab.callback(2, stopped(Nfsstat4.NFS4ERR_IO, 0));
    lab.destination.until(NfsOpnum4.OP_COPY, 3);
    lab.callback(3, lab.done(FEW));
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
    assertThat(copies()).containsExactly(copy(1, 101, 0), copy(1, 102, 0), copy(2, 102, 0));
  }

  // C10, K-021, K-022: the restart of the source is not yet known
  @Test
  void restartOfTheSourceContinuesTheCopyWithANewStateid() throws Exception {
    CopyHandle handle = started();
    lab.source.server.forgetClients();
    lab.forget();
    lab.callback(1, lab.done(60_000));
    lab.destination.until(NfsOpnum4.OP_COPY, 1);
    assertThat(copies()).containsExactly(copy(2, 101, 60_000));
    assertThat(lab.order())
        .containsExactly(
            "source OPEN",
            "source RECLAIM_COMPLETE",
            "source GETATTR",
            "source COPY_NOTIFY",
            "destination COPY");
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY))
        .singleElement()
        .matches(operation ->
            ((NfsArgop4.CopyNotify) operation)
                .args()
                .srcStateid()
                .equals(CompoundOps.forData(openStateid(2))));
    lab.callback(2, lab.done(40_000));
    CopyResult result = lab.await(handle.completion());
    assertThat(result.bytes()).isEqualTo(FEW);
    assertThat(result.bytesThroughClient()).isZero();
  }

  // C10: an error before the first byte
  @Test
  void restartOfTheSourceBeforeTheFirstByteRestartsTheCopy() throws Exception {
    CopyHandle handle = started();
    lab.source.server.forgetClients();
    lab.callback(1, stopped(Nfsstat4.NFS4ERR_IO, 0));
    lab.destination.until(NfsOpnum4.OP_COPY, 2);
    assertThat(copies().getLast()).isEqualTo(copy(2, 101, 0));
    lab.callback(2, lab.done(FEW));
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
  }

  // C10, K-021: a destination that follows Linux has one status for all problems of the source
  @Test
  void restartOfTheSourceBeforeCopyRepeatsCopyNotify() throws Exception {
    lab.copy =
        args -> {
          if (++copies == 1) {
            lab.source.server.forgetClients();
            return new io.ferrynfs.wire.nfs4.Copy4Res.Failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
          }
          return lab.atOnce(args.count());
        };
    assertThat(lab.await(start().completion()).serverToServer()).isTrue();
    assertThat(copies()).containsExactly(copy(1, 101, 0), copy(2, 101, 0));
  }

  // C10, K-023: a change over the restart is reported
  @Test
  void sourceThatChangedOverItsRestartIsReported() throws Exception {
    CopyHandle handle = started();
    lab.source.server.forgetClients();
    lab.source.change = 9;
    lab.callback(1, lab.done(60_000));
    lab.destination.until(NfsOpnum4.OP_COPY, 2);
    lab.callback(2, lab.done(40_000));
    assertThat(lab.await(handle.completion()).sourceChanged()).isTrue();
  }

  // K-024, B40: bounded in every case
  @Test
  void destinationThatKeepsRestartingIsStreamedTo() throws Exception {
    CopyHandle handle = start();
    for (int i = 1; i <= 3; i++) {
      lab.destination.until(NfsOpnum4.OP_COPY, i);
      lab.world.run(Duration.ofMillis(10));
      restart(lab.destination.server);
    }
    CopyResult result = lab.await(handle.completion());
    assertThat(result.how()).isEqualTo(CopyResult.How.STREAMED);
    assertThat(result.reason()).isEqualTo("the server restarted");
    assertThat(lab.destination.files.get("/b")).isEqualTo(lab.source.files.get("/a"));
    assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(1);
  }

  // B40: a source that does not return fails the copy in bounded time
  @Test
  void sourceThatDoesNotReturnFailsTheCopy() throws Exception {
    CopyHandle handle = started();
    lab.world.partition("client", "source");
    lab.callback(1, lab.done(60_000));
    assertThat(lab.failureOf(handle.completion()).reason()).isEqualTo(Reason.TIMED_OUT);
    assertThat(Duration.ofNanos(lab.world.nanoTime())).isLessThan(Duration.ofMinutes(5));
  }

  // even if the file is closed right after
  @Test
  void refusedWholeFileCopyReleasesTheStateidBeforeReading() throws Exception {
    lab.copy = args -> new io.ferrynfs.wire.nfs4.Copy4Res.Failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    CopyHandle handle =
        lab.source
            .client()
            .startCopy(
                NfsPath.of("/a"),
                lab.destination.client(),
                NfsPath.of("/b"),
                NfsCopyOptions.defaults());
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.STREAMED);
    assertThat(lab.order())
        .containsSubsequence(
            "destination COPY", "source OFFLOAD_CANCEL", "source READ", "source CLOSE");
  }
}
