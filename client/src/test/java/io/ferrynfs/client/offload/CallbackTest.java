package io.ferrynfs.client.offload;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.fh;
import static io.ferrynfs.client.testing.CopyLab.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbOffload4Res;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Effects and replies of CB_OFFLOAD. */
class CallbackTest {

  private static final int FEW = 100_000;

  private final CopyLab lab;

  CallbackTest() throws Exception {
    lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
  }

  private CopyHandle start() {
    return lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
  }

  private CopyHandle started() {
    CopyHandle handle = start();
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.world.run(Duration.ofMillis(10));
    return handle;
  }

  /** Starts a COPY whose reply the server holds back; CLONE has been answered. */
  private CopyHandle startedUnanswered() {
    CopyHandle handle = start();
    lab.until(NfsOpnum4.OP_CLONE, 1);
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    return handle;
  }

  private void answerCopy() {
    lab.server.held.removeFirst().run();
  }

  // B-001, B-017, F-002, W-018, W-022
  @Test
  void replyToCbOffloadIsASequenceAndAStatus() {
    started();
    CbCompound4Res reply = lab.compoundCallback(fh("/b"), copyStateid(1), lab.done(FEW));
    assertThat(reply.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reply.resarray()).hasSize(2);
    assertThat(reply.resarray().getLast())
        .isEqualTo(new NfsCbResop4.Offload(new CbOffload4Res(Nfsstat4.NFS4_OK)));
  }

  @Test
  void dependentsOfACopyRunAfterTheReplyToCbOffloadIsWritten() {
    CopyHandle handle = started();
    List<String> order = new ArrayList<>();
    lab.world.faults(message -> {
      order.add("message of " + message.from());
      return Fate.DELIVER;
    });
    var _ = handle.completion().whenComplete((result, failure) -> order.add("dependent"));
    lab.callback(copyStateid(1), CopyLab.stopped(Nfsstat4.NFS4ERR_NOSPC, 0));
    assertThat(order).containsExactly("message of server", "message of client", "dependent");
  }

  // B-002, B-003, B-005, C6
  @Test
  void callbackBeforeTheReplyCompletesTheCopy() throws Exception {
    CopyHandle handle = startedUnanswered();
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(handle.completion()).isNotDone();
    answerCopy();
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_STATUS)).isEmpty();
  }

  // B-009: an early callback does not complete a copy into another file
  @Test
  void earlyCallbackOfAnotherFileIsIgnored() throws Exception {
    CopyHandle handle = startedUnanswered();
    assertThat(lab.callback(fh("/other"), copyStateid(1), lab.done(5))).isEqualTo(Nfsstat4.NFS4_OK);
    answerCopy();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(handle.completion()).isNotDone();
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // B-006, B-007, B-010
  @Test
  void unknownCallbackWithoutAPendingCopyIsABadStateid() {
    assertThat(lab.callback(copyStateid(9), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    started();
    assertThat(lab.callback(copyStateid(9), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  // B-006: a callback that no copy can need is discarded
  @Test
  void earlyCallbackIsDiscardedWhenNoCopyIsPending() throws Exception {
    CopyHandle handle = startedUnanswered();
    lab.callback(copyStateid(2), lab.done(5));
    answerCopy();
    lab.callback(copyStateid(1), lab.done(FEW));
    lab.await(handle.completion());
    lab.copy = args -> lab.asynchronous(2);
    CopyHandle next = start();
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.world.run(Duration.ofSeconds(1));
    assertThat(next.completion()).isNotDone();
    lab.callback(copyStateid(2), lab.done(FEW));
    assertThat(lab.await(next.completion()).bytes()).isEqualTo(FEW);
  }

  // B-006, B-008, B-010, Z-005
  @Test
  void earlyCallbacksAreLimited() {
    startedUnanswered();
    for (int i = 0; i < PendingOffloads.EARLY_MAX; i++) {
      assertThat(lab.callback(copyStateid(100 + i), lab.done(5))).isEqualTo(Nfsstat4.NFS4_OK);
    }
    assertThat(lab.callback(copyStateid(99), lab.done(5))).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(lab.callback(copyStateid(100), lab.done(5))).isEqualTo(Nfsstat4.NFS4_OK);
    lab.world.run(PendingOffloads.EARLY_AGE_MAX.plusSeconds(1));
    assertThat(lab.callback(copyStateid(99), lab.done(5))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // T-003
  @Test
  void seqidOfACallbackIsIgnored() throws Exception {
    CopyHandle handle = started();
    assertThat(lab.callback(new Stateid4(7, copyStateid(1).other()), lab.done(FEW)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // B-007, B-009, B-010
  @Test
  void knownStateidWithAnotherFileIsABadHandle() throws Exception {
    CopyHandle handle = started();
    assertThat(lab.callback(fh("/a"), copyStateid(1), lab.done(1)))
        .isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
    assertThat(handle.completion()).isNotDone();
    lab.callback(copyStateid(1), lab.done(FEW));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // B-011
  @Test
  void secondCallbackOfACompletedCopySucceeds() throws Exception {
    CopyHandle handle = started();
    lab.callback(copyStateid(1), lab.done(FEW));
    CopyResult result = lab.await(handle.completion());
    assertThat(lab.callback(copyStateid(1), stopped(Nfsstat4.NFS4ERR_IO, 3)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion())).isEqualTo(result);
  }

  // B-011, T-007: it does not complete the next copy with the same stateid
  @Test
  void secondCallbackDoesNotCompleteTheNextCopyWithItsStateid() throws Exception {
    CopyHandle first = started();
    lab.callback(copyStateid(1), lab.done(FEW));
    lab.await(first.completion());
    CopyHandle second = start();
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    assertThat(lab.callback(copyStateid(1), lab.done(3))).isEqualTo(Nfsstat4.NFS4_OK);
    answerCopy();
    lab.world.run(Duration.ofSeconds(1));
    assertThat(second.completion()).isNotDone();
    lab.callback(copyStateid(1), lab.done(FEW));
    assertThat(lab.await(second.completion()).bytes()).isEqualTo(FEW);
  }

  // B-011, E-002
  @Test
  void replayedCallbackIsAnsweredFromTheCache() throws Exception {
    CopyHandle handle = started();
    CbCompound4Res first = lab.compoundCallback(fh("/b"), copyStateid(1), lab.done(FEW));
    lab.repeatCallback();
    assertThat(lab.compoundCallback(fh("/b"), copyStateid(1), lab.done(FEW))).isEqualTo(first);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // W-017
  @Test
  void callbackWithACallbackIdIsAProtocolError() {
    CopyHandle handle = started();
    lab.callback(
        copyStateid(1),
        new OffloadInfo4.Ok(
            new WriteResponse4(copyStateid(2), FEW, StableHow4.FILE_SYNC4, lab.verifier)));
    NfsException failure = lab.failureOf(handle.completion());
    assertThat(failure.reason()).isEqualTo(Reason.PROTOCOL);
    assertThat(failure).hasMessageContaining("0 of 100000 bytes are known to be there");
  }

  // B-015
  @Test
  void callbackWithMoreBytesThanRequestedIsAProtocolError() throws Exception {
    for (long count : new long[] {FEW + 1L, -1L, Long.MIN_VALUE}) {
      CopyLab fresh = new CopyLab(FEW);
      fresh.copy = args -> fresh.asynchronous(1);
      CopyHandle handle = fresh.a.copyTo(0, fresh.b, 0, FEW, NfsCopyOptions.defaults());
      fresh.until(NfsOpnum4.OP_COPY, 1);
      fresh.callback(copyStateid(1), fresh.done(count));
      assertThat(fresh.failureOf(handle.completion()).reason()).isEqualTo(Reason.PROTOCOL);
    }
  }

  // B-015, B-012
  @Test
  void errorWithMoreBytesThanRequestedCountsNoBytes() throws Exception {
    CopyHandle handle = started();
    lab.callback(copyStateid(1), stopped(Nfsstat4.NFS4ERR_IO, FEW + 1L));
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.STREAMED);
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // B-016
  @Test
  void callbacksAreAnsweredWhileAllSlotsAreInUse() throws Exception {
    CopyHandle handle = started();
    lab.server.hold = true;
    for (int i = 0; i < 2 * lab.server.slots; i++) {
      CompletableFuture<?> waiting = lab.b.attributesAsync();
      assertThat(waiting).isNotDone();
    }
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // B-018, E-010
  @Test
  void callbacksWorkOnALaterConnection() throws Exception {
    CopyHandle handle = started();
    lab.server.connections().getLast().close();
    lab.world.run(Duration.ofSeconds(1));
    lab.await(lab.b.attributesAsync());
    assertThat(lab.server.executed.stream().flatMap(each -> each.argarray().stream()))
        .anySatisfy(operation ->
            assertThat(operation.argop()).isEqualTo(NfsOpnum4.OP_BIND_CONN_TO_SESSION));
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // A-006, B-009
  @Test
  void concurrentCopiesHaveTheirOwnCallbacks() throws Exception {
    int[] number = {0};
    lab.copy = args -> lab.asynchronous(++number[0]);
    CopyHandle one = start();
    lab.until(NfsOpnum4.OP_COPY, 1);
    CopyHandle two = lab.a.copyTo(0, lab.b, FEW, 500, NfsCopyOptions.defaults());
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.callback(copyStateid(2), lab.done(500));
    assertThat(lab.await(two.completion()).bytes()).isEqualTo(500);
    assertThat(one.completion()).isNotDone();
    lab.callback(copyStateid(1), lab.done(FEW));
    assertThat(lab.await(one.completion()).bytes()).isEqualTo(FEW);
  }

  private static final Stateid4 ZEROS = new Stateid4(0, Opaque.of(new byte[12]));

  // S-016, B-010: knfsd of Linux 7.2 sends CB_OFFLOAD with a stateid of zeros
  @Test
  void callbackWithoutAStateidTriggersOffloadStatus() throws Exception {
    CopyHandle handle = started();
    lab.status = stateid -> CopyLab.complete(FEW, Nfsstat4.NFS4_OK);
    long from = lab.world.nanoTime();
    assertThat(lab.callback(ZEROS, lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    assertThat(Duration.ofNanos(lab.world.nanoTime() - from)).isLessThan(Duration.ofSeconds(1));
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_STATUS)).hasSize(1);
    assertThat(lab.callback(ZEROS, lab.done(FEW)))
        .as("no copy is pending")
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  // B-002: the same before the reply to COPY
  @Test
  void earlyCallbackWithoutAStateidTriggersOffloadStatusAfterTheReply() throws Exception {
    CopyHandle handle = startedUnanswered();
    lab.status = stateid -> CopyLab.complete(FEW, Nfsstat4.NFS4_OK);
    assertThat(lab.callback(ZEROS, lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    long from = lab.world.nanoTime();
    answerCopy();
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    assertThat(Duration.ofNanos(lab.world.nanoTime() - from)).isLessThan(Duration.ofSeconds(1));
  }

  // S-013: a server may send any number of hints
  @Test
  void callbacksWithoutAStateidAreRateLimited() {
    started();
    lab.status = stateid -> CopyLab.running(0);
    long until = lab.world.nanoTime() + Duration.ofSeconds(1).toNanos();
    int calls = 0;
    while (lab.world.nanoTime() < until) {
      assertThat(lab.callback(ZEROS, lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
      lab.world.run(Duration.ofMillis(1));
      calls++;
    }
    assertThat(calls).isGreaterThan(100);
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_STATUS)).hasSizeBetween(5, 12);
  }
}
