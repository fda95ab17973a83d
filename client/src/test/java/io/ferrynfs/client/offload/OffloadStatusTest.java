package io.ferrynfs.client.offload;

import static io.ferrynfs.client.testing.CopyLab.complete;
import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.failedStatus;
import static io.ferrynfs.client.testing.CopyLab.fh;
import static io.ferrynfs.client.testing.CopyLab.running;
import static io.ferrynfs.client.testing.CopyLab.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.OffloadStatus4Args;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Lost or late callbacks: lesson B40. */
class OffloadStatusTest {

  private static final int FEW = 100_000;
  private static final long MANY = 10L << 30;

  private final CopyLab lab;

  OffloadStatusTest() throws Exception {
    lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
  }

  private CopyHandle started(NfsCopyOptions options) {
    CopyHandle handle = lab.a.copyTo(0, lab.b, 0, lab.size, options);
    lab.until(NfsOpnum4.OP_COPY, 1);
    return handle;
  }

  private CopyHandle started() {
    return started(NfsCopyOptions.defaults());
  }

  /** Returns the seconds of the OFFLOAD_STATUS requests, from the COPY on. */
  private List<Long> seconds(NfsCopyOptions options, int count) {
    List<Long> at = new ArrayList<>();
    lab.status =
        stateid -> {
          at.add(lab.world.nanoTime());
          return running(0);
        };
    started(options);
    long start = lab.world.nanoTime();
    lab.until(NfsOpnum4.OP_OFFLOAD_STATUS, count);
    return at.stream().map(nanos -> (nanos - start) / 1_000_000_000).toList();
  }

  // S-013
  @Test
  void pollingSlowsDownToHalfALease() {
    assertThat(seconds(NfsCopyOptions.defaults(), 7))
        .containsExactly(3L, 9L, 21L, 45L, 90L, 135L, 180L);
  }

  // S-013: requested interval of progress
  @Test
  void pollingUsesTheRequestedInterval() {
    assertThat(seconds(NfsCopyOptions.builder().progressEvery(Duration.ofSeconds(1)).build(), 5))
        .containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  // S-013: the progress is watched
  @Test
  void pollingIsConstantWhileProgressIsWatched() {
    assertThat(seconds(NfsCopyOptions.builder().progress(bytes -> {}).build(), 4))
        .containsExactly(3L, 6L, 9L, 12L);
  }

  // B40, B9, C-036, S-001, S-002, S-004, S-014, K-024
  @Test
  void lostCallbackIsDetectedAndTheReplyVerifierCounts() throws Exception {
    lab.status = stateid -> complete(FEW, Nfsstat4.NFS4_OK);
    CopyHandle handle = started();
    lab.forget();
    assertThat(lab.await(handle.completion()))
        .isEqualTo(new CopyResult(FEW, CopyResult.How.OFFLOADED, "CLONE: NFS4ERR_NOTSUPP"));
    assertThat(lab.requests())
        .containsExactly(
            List.of(
                CompoundOps.put(fh("/b")),
                new NfsArgop4.OffloadStatus(new OffloadStatus4Args(copyStateid(1)))),
            List.of(CompoundOps.put(fh("/b")), new NfsArgop4.Commit(new Commit4Args(0, FEW))),
            List.of(
                CompoundOps.put(fh("/a")),
                CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR)));
  }

  // B9, B-014
  @Test
  void completeStatusIsRepeatedAfterAChangedVerifier() throws Exception {
    lab.status = stateid -> complete(FEW, Nfsstat4.NFS4_OK);
    CopyHandle handle = started();
    lab.verifier = verifier(2);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    assertThat(lab.copies()).hasSize(2);
  }

  // S-001, S-007
  @Test
  void progressIsReportedAndNeverDecreases() throws Exception {
    List<Long> told = new ArrayList<>();
    long[] counts = {10, 30, 20, 60, FEW + 1L, -5};
    int[] next = {0};
    lab.status = stateid -> running(counts[Math.min(next[0]++, counts.length - 1)]);
    CopyHandle handle = started(NfsCopyOptions.builder().progress(told::add).build());
    lab.until(NfsOpnum4.OP_OFFLOAD_STATUS, 8);
    assertThat(told).containsExactly(10L, 30L, 60L);
    assertThat(handle.bytesSoFar()).isEqualTo(60);
    assertThat(handle.bytesTotal()).isEqualTo(FEW);
    lab.callback(copyStateid(1), lab.done(FEW));
    lab.await(handle.completion());
    assertThat(told).containsExactly(10L, 30L, 60L, (long) FEW);
  }

  // S-007, B-015
  @Test
  void statusWithMoreBytesThanRequestedIsAProtocolError() {
    lab.status = stateid -> complete(FEW + 1L, Nfsstat4.NFS4_OK);
    assertThat(lab.failureOf(started().completion()).reason()).isEqualTo(Reason.PROTOCOL);
  }

  // S-012, S-014, B-013
  @Test
  void errorInTheStatusFailsLikeTheCallback() {
    lab.status = stateid -> complete(30_000, Nfsstat4.NFS4ERR_NOSPC);
    assertThat(lab.failureOf(started().completion()).reason()).isEqualTo(Reason.NO_SPACE);
  }

  // B-012 by OFFLOAD_STATUS
  @Test
  void errorInTheStatusKeepsBytesUnderTheReplyVerifier() throws Exception {
    lab.status =
        stateid -> {
          lab.copy = args -> lab.atOnce(args.count());
          return complete(30_000, Nfsstat4.NFS4ERR_IO);
        };
    assertThat(lab.await(started().completion()).bytes()).isEqualTo(FEW);
    assertThat(lab.copies().getLast().srcOffset()).isEqualTo(30_000);
  }

  // S-006, S-014, S-015, K-020
  @Test
  void unknownCopyIsRepeatedWithoutStateRecovery() throws Exception {
    for (Nfsstat4 status :
        List.of(
            Nfsstat4.NFS4ERR_BAD_STATEID,
            Nfsstat4.NFS4ERR_OLD_STATEID,
            Nfsstat4.NFS4ERR_EXPIRED,
            Nfsstat4.NFS4ERR_ADMIN_REVOKED)) {
      CopyLab fresh = new CopyLab(FEW);
      fresh.copy = args -> fresh.asynchronous(1);
      fresh.status =
          stateid -> {
            fresh.copy = args -> fresh.atOnce(args.count());
            return failedStatus(status);
          };
      CopyHandle handle = fresh.a.copyTo(0, fresh.b, 0, FEW, NfsCopyOptions.defaults());
      assertThat(fresh.await(handle.completion()).bytes()).isEqualTo(FEW);
      assertThat(fresh.order())
          .containsExactly(
              NfsOpnum4.OP_GETATTR,
              NfsOpnum4.OP_CLONE,
              NfsOpnum4.OP_COPY,
              NfsOpnum4.OP_OFFLOAD_STATUS,
              NfsOpnum4.OP_COPY,
              NfsOpnum4.OP_COMMIT,
              NfsOpnum4.OP_GETATTR);
    }
  }

  // S-014: bounded
  @Test
  void serverThatLosesEveryCopyIsStreamed() throws Exception {
    lab.status = stateid -> failedStatus(Nfsstat4.NFS4ERR_BAD_STATEID);
    CopyResult result = lab.await(started().completion());
    assertThat(result)
        .isEqualTo(
            new CopyResult(
                FEW,
                CopyResult.How.STREAMED,
                "the server no longer knows the copy: NFS4ERR_BAD_STATEID"));
    assertThat(lab.copies()).hasSize(3);
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // S-016
  @Test
  void callbackDuringOffloadStatusCounts() throws Exception {
    CopyHandle handle = started();
    lab.server.hold = true;
    assertThat(lab.world.runUntil(() -> !lab.server.held.isEmpty(), CopyLab.LONG)).isTrue();
    lab.server.hold = false;
    assertThat(lab.callback(copyStateid(1), lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    lab.server.held.removeFirst().run();
    lab.world.run(Duration.ofMinutes(5));
    assertThat(lab.copies()).hasSize(1);
  }

  // S-016, B-011
  @Test
  void callbackAfterTheStatusSucceedsWithoutEffect() throws Exception {
    lab.status = stateid -> complete(FEW, Nfsstat4.NFS4_OK);
    CopyHandle handle = started();
    CopyResult result = lab.await(handle.completion());
    assertThat(lab.callback(copyStateid(1), lab.done(3))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion())).isEqualTo(result);
  }

  // S-005, S-011
  @Test
  void otherErrorOfOffloadStatusIsIgnored() throws Exception {
    lab.status = stateid -> failedStatus(Nfsstat4.NFS4ERR_SERVERFAULT);
    CopyHandle handle = started();
    lab.until(NfsOpnum4.OP_OFFLOAD_STATUS, 5);
    assertThat(handle.completion()).isNotDone();
    lab.callback(copyStateid(1), lab.done(FEW));
    assertThat(lab.await(handle.completion()).how()).isEqualTo(CopyResult.How.OFFLOADED);
  }

  // B40, F-010, B45
  @Test
  void withoutOffloadStatusTheCallbackHasATimeLimit() throws Exception {
    lab.status = stateid -> failedStatus(Nfsstat4.NFS4ERR_NOTSUPP);
    CopyResult result = lab.await(started().completion());
    assertThat(result.how()).isEqualTo(CopyResult.How.STREAMED);
    assertThat(result.reason()).startsWith("the server's copy made no progress for");
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_STATUS)).hasSize(1);
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL))
        .containsExactly(new NfsArgop4.OffloadCancel(new OffloadCancel4Args(copyStateid(1))));
    assertThat(lab.destination).isEqualTo(lab.source);
    lab.forget();
    lab.copy = args -> lab.atOnce(args.count());
    CopyHandle next = lab.a.copyTo(0, lab.b, 0, FEW, NfsCopyOptions.defaults());
    assertThat(lab.await(next.completion()).how()).isEqualTo(CopyResult.How.SYNCHRONOUS);
  }

  // B40, S-003: Linux before 6.13 never reports that a copy is complete
  @Test
  void copyWithoutProgressIsCancelled() throws Exception {
    lab.status = stateid -> running(5);
    CopyResult result = lab.await(started().completion());
    assertThat(result.how()).isEqualTo(CopyResult.How.STREAMED);
    assertThat(lab.world.nanoTime()).isLessThan(Duration.ofMinutes(15).toNanos());
  }

  // B40
  @Test
  void longCopyWithProgressIsNotCancelled() throws Exception {
    CopyLab large = new CopyLab(MANY);
    long[] count = {0};
    large.copy = args -> large.asynchronous(1);
    large.status =
        stateid -> {
          count[0] = Math.min(MANY, count[0] + (MANY / 200));
          return count[0] == MANY ? complete(MANY, Nfsstat4.NFS4_OK) : running(count[0]);
        };
    CopyHandle handle = large.a.copyTo(0, large.b, 0, MANY, NfsCopyOptions.defaults());
    assertThat(large.await(handle.completion()).bytes()).isEqualTo(MANY);
    assertThat(large.world.nanoTime()).isGreaterThan(Duration.ofHours(2).toNanos());
  }

  // B40, K-030: the client does not stream while the server may still write
  @Test
  void stalledCopyThatCannotBeCancelledFails() {
    lab.status = stateid -> failedStatus(Nfsstat4.NFS4ERR_NOTSUPP);
    lab.cancel = stateid -> Nfsstat4.NFS4ERR_NOTSUPP;
    NfsException failure = lab.failureOf(started().completion());
    assertThat(failure.reason()).isEqualTo(Reason.TIMED_OUT);
    assertThat(failure).hasMessageContaining("the server did not cancel it");
    assertThat(lab.sent(NfsOpnum4.OP_WRITE)).isEmpty();
  }

  // E-004
  @Test
  void leaseIsRenewedDuringALongCopy() {
    lab.status = stateid -> failedStatus(Nfsstat4.NFS4ERR_NOTSUPP);
    started();
    int before = lab.server.executed.size();
    lab.world.run(Duration.ofMinutes(3));
    assertThat(lab.server.executed.size() - before).isGreaterThanOrEqualTo(4);
  }

  // S-002: a file removed during the copy
  @Test
  void removedDestinationFailsTheCopy() {
    CopyHandle handle = started();
    lab.stale = true;
    NfsException failure = lab.failureOf(handle.completion());
    assertThat(failure.reason()).isEqualTo(Reason.STALE);
    CompletableFuture<CopyResult> completion = handle.completion();
    assertThat(completion).isCompletedExceptionally();
  }
}
