package io.ferrynfs.client.offload;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.failedStatus;
import static io.ferrynfs.client.testing.CopyLab.fh;
import static io.ferrynfs.client.testing.CopyLab.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Cancellation of copies by the caller. */
class CancelTest {

  private static final int FEW = 100_000;
  private static final List<NfsArgop4> CANCEL =
      List.of(
          CompoundOps.put(fh("/b")),
          new NfsArgop4.OffloadCancel(new OffloadCancel4Args(copyStateid(1))));

  private final CopyLab lab;

  CancelTest() throws Exception {
    lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    lab.status = stateid -> running(10);
  }

  private CopyHandle startRange() {
    return lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
  }

  private CopyHandle startFile() {
    return lab.client.startCopy(
        NfsPath.of("/a"), lab.client, NfsPath.of("/b"), NfsCopyOptions.defaults());
  }

  private CopyHandle started() {
    CopyHandle handle = startRange();
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    return handle;
  }

  private void assertCancelled(CopyHandle handle) {
    assertThat(handle.completion()).isCompletedExceptionally();
    assertThat(lab.failureOf(handle.completion()).reason()).isEqualTo(Reason.CANCELLED);
  }

  // C5
  @Test
  void cancelCompletesAtOnceAndNotifiesTheServerInTheBackground() {
    CopyHandle handle = started();
    lab.forget();
    handle.cancel();
    assertCancelled(handle);
    assertThat(lab.requests()).isEmpty();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.requests()).containsExactly(CANCEL);
    lab.world.run(Duration.ofMinutes(10));
    assertThat(lab.requests()).containsExactly(CANCEL);
  }

  // C5, K-018
  @Test
  void cancelBeforeTheReplyCancelsTheCopyAfterTheReply() {
    CopyHandle handle = startRange();
    lab.until(NfsOpnum4.OP_CLONE, 1);
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).isEmpty();
    lab.server.held.removeFirst().run();
    lab.until(NfsOpnum4.OP_OFFLOAD_CANCEL, 1);
    assertThat(lab.requests().getLast()).isEqualTo(CANCEL);
  }

  // C5: a cancelled copy sends no request
  @Test
  void cancelBeforeCopyIsSentSendsNoCopy() {
    CopyHandle handle = startRange();
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofMinutes(1));
    assertThat(lab.copies()).isEmpty();
  }

  // K-030, X-012
  @Test
  void filesAreClosedAfterTheServerHasCancelled() {
    CopyHandle handle = startFile();
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    lab.server.hold = true;
    handle.cancel();
    assertCancelled(handle);
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    lab.world.run(Duration.ofSeconds(5));
    assertThat(lab.sent(NfsOpnum4.OP_CLOSE)).isEmpty();
    lab.server.held.removeFirst().run();
    lab.until(NfsOpnum4.OP_CLOSE, 2);
    assertThat(lab.order())
        .endsWith(NfsOpnum4.OP_OFFLOAD_CANCEL, NfsOpnum4.OP_CLOSE, NfsOpnum4.OP_CLOSE);
  }

  // K-030
  @Test
  void fileOfTheCallerIsClosedAfterTheServerHasCancelled() throws Exception {
    CopyHandle handle = started();
    lab.forget();
    CompletableFuture<Void> closed = lab.b.closeAsync();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(closed).isNotDone();
    handle.cancel();
    lab.await(closed);
    assertThat(lab.order()).containsExactly(NfsOpnum4.OP_OFFLOAD_CANCEL, NfsOpnum4.OP_CLOSE);
  }

  // B46
  @Test
  void cancelWithoutAConnectionIsSentOnTheNext() {
    CopyHandle handle = started();
    lab.world.partition("client", "server");
    lab.server.connections().getLast().close();
    lab.world.run(Duration.ofSeconds(20));
    lab.forget();
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofSeconds(90));
    lab.world.heal("client", "server");
    lab.until(NfsOpnum4.OP_OFFLOAD_CANCEL, 1);
    assertThat(lab.requests()).contains(CANCEL);
  }

  // B46, K-030: bounded
  @Test
  void unreachableServerIsNotifiedToALimit() {
    CopyHandle handle = startFile();
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    lab.server.silent = true;
    handle.cancel();
    assertCancelled(handle);
    lab.world.run(Duration.ofHours(1));
    lab.forget();
    lab.server.silent = false;
    lab.world.run(Duration.ofMinutes(10));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).isEmpty();
  }

  //
  @Test
  void unknownStateidConfirmsTheCancellation() {
    for (Nfsstat4 status :
        List.of(
            Nfsstat4.NFS4ERR_BAD_STATEID,
            Nfsstat4.NFS4ERR_COMPLETE_ALREADY,
            Nfsstat4.NFS4ERR_EXPIRED,
            Nfsstat4.NFS4ERR_ADMIN_REVOKED)) {
      lab.forget();
      lab.cancel = stateid -> status;
      started().cancel();
      lab.world.run(Duration.ofMinutes(5));
      assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).as(status.name()).hasSize(1);
    }
  }

  // bounded
  @Test
  void failedOffloadCancelIsRetried() {
    lab.cancel = stateid -> Nfsstat4.NFS4ERR_SERVERFAULT;
    started().cancel();
    lab.world.run(Duration.ofMinutes(10));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(5);
  }

  // F-010, B45
  @Test
  void unsupportedOffloadCancelIsRemembered() throws Exception {
    lab.cancel = stateid -> Nfsstat4.NFS4ERR_NOTSUPP;
    started().cancel();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(1);
    lab.forget();
    lab.copy = args -> lab.asynchronous(2);
    CopyHandle next = started();
    lab.callback(copyStateid(2), lab.done(FEW));
    assertThat(lab.await(next.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
    lab.copy = args -> lab.asynchronous(3);
    lab.forget();
    started().cancel();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).isEmpty();
  }

  // X-010, B-011: Linux sends CB_OFFLOAD after OFFLOAD_CANCEL (capture 06)
  @Test
  void callbackOfACancelledCopyConfirmsTheCancellation() throws Exception {
    CopyHandle handle = startFile();
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    lab.server.hold = true;
    handle.cancel();
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    assertThat(lab.callback(copyStateid(1), lab.done(10))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.until(NfsOpnum4.OP_CLOSE, 2);
    lab.server.held.removeFirst().run();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.callback(copyStateid(1), lab.done(10))).isEqualTo(Nfsstat4.NFS4_OK);
    assertCancelled(handle);
  }

  //
  @Test
  void cancelOfACompletedOrCancelledCopyHasNoEffect() throws Exception {
    CopyHandle handle = started();
    lab.callback(copyStateid(1), lab.done(FEW));
    CopyResult result = lab.await(handle.completion());
    handle.cancel();
    lab.world.run(Duration.ofMinutes(1));
    assertThat(lab.await(handle.completion())).isEqualTo(result);
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).isEmpty();
    lab.copy = args -> lab.asynchronous(2);
    CopyHandle other = started();
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.world.run(Duration.ofMillis(10));
    other.cancel();
    other.cancel();
    lab.world.run(Duration.ofMinutes(1));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(1);
  }

  // K-030, T-008
  @Test
  void closingTheClientCancelsItsCopies() throws Exception {
    CopyHandle handle = started();
    lab.forget();
    lab.await(lab.client.closeAsync());
    NfsException failure = lab.failureOf(handle.completion());
    assertThat(failure.reason()).isEqualTo(Reason.CLOSED);
    assertThat(lab.order())
        .startsWith(NfsOpnum4.OP_OFFLOAD_CANCEL, NfsOpnum4.OP_CLOSE, NfsOpnum4.OP_CLOSE);
  }

  // S-014, X-010
  @Test
  void cancelledCopyIsNotPolled() {
    lab.status = stateid -> failedStatus(Nfsstat4.NFS4ERR_BAD_STATEID);
    CopyHandle handle = started();
    handle.cancel();
    lab.world.run(Duration.ofMinutes(5));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_STATUS)).isEmpty();
    assertThat(lab.copies()).hasSize(1);
  }

  // K-018, K-030, X-016
  @Test
  void closingTheClientCancelsACopyWithAPendingReply() {
    CopyHandle handle = startFile();
    lab.until(NfsOpnum4.OP_CLONE, 1);
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    CompletableFuture<Void> closed = lab.client.closeAsync();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.sent(NfsOpnum4.OP_CLOSE)).isEmpty();
    lab.server.held.removeFirst().run();
    assertThat(lab.world.runUntil(closed::isDone, CopyLab.LONG)).isTrue();
    assertThat(handle.completion()).isCompletedExceptionally();
    assertThat(lab.order().indexOf(NfsOpnum4.OP_OFFLOAD_CANCEL))
        .isPositive()
        .isLessThan(lab.order().indexOf(NfsOpnum4.OP_CLOSE));
  }

  // B40: a server that does not reply does not block the client
  @Test
  void closingTheClientWaitsForAReplyToALimit() {
    startFile();
    lab.until(NfsOpnum4.OP_CLONE, 1);
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    CompletableFuture<Void> closed = lab.client.closeAsync();
    lab.world.run(Duration.ofSeconds(15));
    assertThat(closed).isCompleted();
  }
}
