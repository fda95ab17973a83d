package io.ferrynfs.client.copy;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.failedCopy;
import static io.ferrynfs.client.testing.CopyLab.fh;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static io.ferrynfs.client.testing.CopyLab.other;
import static io.ferrynfs.client.testing.CopyLab.stopped;
import static io.ferrynfs.client.testing.CopyLab.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Copies inside a server: the requests and their results. */
class ServerCopyTest {

  private static final int FEW = 100_000;
  private static final long MANY = 10L << 30;
  private static final Stateid4 FROM = CompoundOps.forData(openStateid(1));
  private static final Stateid4 INTO = CompoundOps.forData(openStateid(2));

  /** The GETATTRs before and after a copy between open files. */
  private static final List<NfsArgop4> LOOK =
      List.of(
          CompoundOps.put(fh("/a")), CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR));

  private static CopyHandle start(CopyLab lab) {
    return start(lab, NfsCopyOptions.defaults());
  }

  private static CopyHandle start(CopyLab lab, NfsCopyOptions options) {
    return lab.a.copyTo(0, lab.b, 0, lab.size, options);
  }

  private static Copy4Args copy(long offset, long count, boolean consecutive, boolean synchronous) {
    return new Copy4Args(FROM, INTO, offset, offset, count, consecutive, synchronous, List.of());
  }

  /** Returns one answer first, and another from then on. */
  private static Function<Copy4Args, Copy4Res> inTurn(
      Function<Copy4Args, Copy4Res> first, Function<Copy4Args, Copy4Res> then) {
    boolean[] over = {false};
    return args -> {
      Function<Copy4Args, Copy4Res> answer = over[0] ? then : first;
      over[0] = true;
      return answer.apply(args);
    };
  }

  // K-029, K-007, K-006, K-035, W-005, B-004, S-004
  @Test
  void copyTriesCloneThenOneAsynchronousCopyThatCbOffloadEnds() throws Exception {
    CopyLab lab = new CopyLab(MANY);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    assertThat(lab.callback(copyStateid(1), lab.done(MANY))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()))
        .isEqualTo(new CopyResult(MANY, CopyResult.How.OFFLOADED, "CLONE: NFS4ERR_NOTSUPP"));
    assertThat(handle.bytesSoFar()).isEqualTo(MANY);
    assertThat(lab.requests())
        .containsExactly(
            LOOK,
            List.of(
                CompoundOps.put(fh("/a")),
                CompoundOps.save(),
                CompoundOps.put(fh("/b")),
                new NfsArgop4.Clone(new Clone4Args(FROM, INTO, 0, 0, MANY))),
            List.of(
                CompoundOps.put(fh("/a")),
                CompoundOps.save(),
                CompoundOps.put(fh("/b")),
                new NfsArgop4.Copy(copy(0, MANY, true, false))),
            LOOK);
  }

  // T-017
  @Test
  void filesOfACopyAreOpenedWithoutDelegations() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.atOnce(args.count());
    CopyHandle handle =
        lab.client.startCopy(
            NfsPath.of("/a"), lab.client, NfsPath.of("/b"), NfsCopyOptions.defaults());
    lab.await(handle.completion());
    assertThat(lab.sent(NfsOpnum4.OP_OPEN))
        .hasSize(2)
        .allSatisfy(operation ->
            assertThat(operation)
                .isInstanceOfSatisfying(
                    NfsArgop4.Open.class,
                    open ->
                        assertThat(
                                open.args().shareAccess() & Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK)
                            .isEqualTo(Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_DELEG)));
  }

  // W-027
  @Test
  void copyRequestsACachedReply() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    assertThat(lab.server.executed.getLast().argarray().getFirst())
        .isInstanceOfSatisfying(
            NfsArgop4.Sequence.class, sequence -> assertThat(sequence.args().cachethis()).isTrue());
  }

  // K-034
  @Test
  void emptyRangeSendsNothing() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    CopyHandle handle = lab.a.copyTo(5, lab.b, 0, 0, NfsCopyOptions.defaults());
    assertThat(lab.await(handle.completion()).bytes()).isZero();
    assertThat(lab.requests()).isEmpty();
  }

  // L-011, B45, F-010
  @Test
  void unsupportedOperationIsRememberedSeparately() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    CopyResult first = lab.await(start(lab).completion());
    assertThat(first)
        .isEqualTo(new CopyResult(FEW, CopyResult.How.STREAMED, "COPY: NFS4ERR_NOTSUPP"));
    assertThat(lab.destination).isEqualTo(lab.source);
    lab.forget();
    assertThat(lab.await(start(lab).completion()).reason()).isEqualTo("COPY is not supported");
    assertThat(lab.sent(NfsOpnum4.OP_CLONE)).isEmpty();
    assertThat(lab.sent(NfsOpnum4.OP_COPY)).isEmpty();
  }

  // F-010, F-011
  @Test
  void copyIsUsedWithoutClone() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.atOnce(args.count());
    lab.await(start(lab).completion());
    lab.forget();
    assertThat(lab.await(start(lab).completion()).how()).isEqualTo(CopyResult.How.SYNCHRONOUS);
    assertThat(lab.order())
        .containsExactly(
            NfsOpnum4.OP_GETATTR, NfsOpnum4.OP_COPY, NfsOpnum4.OP_COMMIT, NfsOpnum4.OP_GETATTR);
  }

  // C-024, C-029, K-015: as Linux 6.12 does, capture 13
  @Test
  void shortSynchronousCopyIsContinued() throws Exception {
    CopyLab lab = new CopyLab(10 << 20);
    lab.copy = args -> lab.atOnce(Math.min(args.count(), 4 << 20));
    CopyResult result = lab.await(start(lab).completion());
    assertThat(result)
        .isEqualTo(new CopyResult(10 << 20, CopyResult.How.SYNCHRONOUS, "CLONE: NFS4ERR_NOTSUPP"));
    assertThat(lab.copies())
        .containsExactly(
            copy(0, 10 << 20, true, false),
            copy(4 << 20, 6 << 20, true, false),
            copy(8 << 20, 2 << 20, true, false));
    assertThat(lab.sent(NfsOpnum4.OP_COMMIT))
        .containsExactly(new NfsArgop4.Commit(new Commit4Args(0, 10 << 20)));
  }

  // K-007, K-008, W-008
  @Test
  void copyIsRetriedSynchronouslyIfRequired() throws Exception {
    CopyLab lab = new CopyLab(600L << 20);
    lab.copy = args -> args.synchronous() ? lab.atOnce(args.count()) : other(true, true);
    CopyResult result = lab.await(start(lab).completion());
    assertThat(result.how()).isEqualTo(CopyResult.How.SYNCHRONOUS);
    assertThat(lab.copies())
        .containsExactly(
            copy(0, 600L << 20, true, false),
            copy(0, 256L << 20, true, true),
            copy(256L << 20, 256L << 20, true, true),
            copy(512L << 20, 88L << 20, true, true));
  }

  // K-008
  @Test
  void copyIsRetriedOutOfOrderIfRequired() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> args.consecutive() ? other(false, false) : lab.atOnce(args.count());
    assertThat(lab.await(start(lab).completion()).how()).isEqualTo(CopyResult.How.SYNCHRONOUS);
    assertThat(lab.copies()).containsExactly(copy(0, FEW, true, false), copy(0, FEW, false, false));
  }

  // K-009
  @Test
  void alternatingRequirementsAreFollowedToALimit() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> other(true, !args.synchronous());
    CopyResult result = lab.await(start(lab).completion());
    assertThat(result)
        .isEqualTo(
            new CopyResult(
                FEW,
                CopyResult.How.STREAMED,
                "the server supports neither a synchronous nor an asynchronous copy now"));
    assertThat(lab.copies()).hasSize(4);
  }

  // C-025
  @Test
  void asynchronousReplyToASynchronousCopyIsCancelled() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> args.synchronous() ? lab.asynchronous(1) : other(true, true);
    assertThat(lab.await(start(lab).completion()).reason())
        .isEqualTo("COPY was answered asynchronously");
    assertThat(lab.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).hasSize(1);
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // C-027
  @Test
  void shortCopyOutOfOrderIsDiscarded() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy =
        args ->
            new Copy4Res.Ok(
                new Copy4Resok(
                    new WriteResponse4(null, 10, StableHow4.FILE_SYNC4, lab.verifier),
                    new CopyRequirements4(false, true)));
    assertThat(lab.await(start(lab).completion()).how()).isEqualTo(CopyResult.How.STREAMED);
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // K-015, A-008, C8
  @Test
  void shortAsynchronousCopyIsContinued() throws Exception {
    CopyLab lab = new CopyLab(MANY);
    int[] number = {0};
    lab.copy = args -> lab.asynchronous(++number[0]);
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(copyStateid(1), lab.done(MANY - 7));
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.callback(copyStateid(2), lab.done(7));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(MANY);
    assertThat(lab.copies())
        .containsExactly(copy(0, MANY, true, false), copy(MANY - 7, 7, true, false));
  }

  // K-016, C-030
  @Test
  void copyOfZeroBytesBeforeTheEndEndsTheOffload() throws Exception {
    for (boolean background : new boolean[] {false, true}) {
      CopyLab lab = new CopyLab(FEW);
      lab.copy = args -> background ? lab.asynchronous(1) : lab.atOnce(0);
      CopyHandle handle = start(lab);
      lab.until(NfsOpnum4.OP_COPY, 1);
      if (background) {
        lab.callback(copyStateid(1), lab.done(0));
      }
      assertThat(lab.await(handle.completion()))
          .isEqualTo(new CopyResult(FEW, CopyResult.How.STREAMED, "COPY made no progress"));
      assertThat(lab.copies()).hasSize(1);
      assertThat(lab.destination).isEqualTo(lab.source);
    }
  }

  // K-016
  @Test
  void copyOfZeroBytesAtTheEndOfAShrunkSourceCompletes() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    CopyHandle handle = start(lab);
    lab.copy = args -> lab.atOnce(args.srcOffset() == 0 ? 60_000 : 0);
    lab.world.runUntil(() -> !lab.copies().isEmpty(), CopyLab.LONG);
    lab.size = 60_000;
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(60_000);
  }

  // K-017
  @Test
  void serverThatIsBusyForTooLongIsStreamed() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> failedCopy(Nfsstat4.NFS4ERR_DELAY);
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(new CopyResult(FEW, CopyResult.How.STREAMED, "COPY: NFS4ERR_DELAY"));
    assertThat(lab.copies()).hasSizeBetween(10, 40);
    assertThat(lab.world.nanoTime()).isLessThan(100_000_000_000L);
  }

  // K-017
  @Test
  void delayedCopyIsRetried() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    int[] busy = {3};
    lab.copy =
        args -> busy[0]-- > 0 ? failedCopy(Nfsstat4.NFS4ERR_DELAY) : lab.atOnce(args.count());
    assertThat(lab.await(start(lab).completion()).how()).isEqualTo(CopyResult.How.SYNCHRONOUS);
  }

  // B41, K-010
  @Test
  void onlyErrorsThatReadingWouldReturnFailTheCopy() throws Exception {
    for (Nfsstat4 status :
        List.of(
            Nfsstat4.NFS4ERR_OFFLOAD_DENIED,
            Nfsstat4.NFS4ERR_XDEV,
            Nfsstat4.NFS4ERR_INVAL,
            Nfsstat4.NFS4ERR_IO,
            Nfsstat4.NFS4ERR_SERVERFAULT)) {
      CopyLab lab = new CopyLab(FEW);
      lab.copy = args -> failedCopy(status);
      assertThat(lab.await(start(lab).completion()).how()).isEqualTo(CopyResult.How.STREAMED);
      assertThat(lab.destination).isEqualTo(lab.source);
    }
    for (Nfsstat4 status :
        List.of(Nfsstat4.NFS4ERR_NOSPC, Nfsstat4.NFS4ERR_DQUOT, Nfsstat4.NFS4ERR_ROFS)) {
      CopyLab lab = new CopyLab(FEW);
      lab.copy = args -> failedCopy(status);
      assertThat(lab.failureOf(start(lab).completion()).status()).isEqualTo(status.value());
      assertThat(lab.sent(NfsOpnum4.OP_WRITE)).isEmpty();
    }
  }

  // B-014, C7, D-001, D-003
  @Test
  void unstableCopyIsCommittedAndRepeatedAfterAChangedVerifier() throws Exception {
    CopyLab lab = new CopyLab(MANY);
    int[] number = {0};
    lab.copy = args -> lab.asynchronous(++number[0]);
    lab.beforeCommit = () -> lab.verifier = verifier(2);
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(copyStateid(1), lab.done(MANY, StableHow4.UNSTABLE4));
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.callback(copyStateid(2), lab.done(MANY, StableHow4.UNSTABLE4));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(MANY);
    assertThat(lab.order())
        .containsExactly(
            NfsOpnum4.OP_GETATTR,
            NfsOpnum4.OP_CLONE,
            NfsOpnum4.OP_COPY,
            NfsOpnum4.OP_COMMIT,
            NfsOpnum4.OP_COPY,
            NfsOpnum4.OP_COMMIT,
            NfsOpnum4.OP_GETATTR);
    // COMMIT covers the range to the end, because count4 cannot express it.
    assertThat(lab.sent(NfsOpnum4.OP_COMMIT).getFirst())
        .isEqualTo(new NfsArgop4.Commit(new Commit4Args(0, 0)));
  }

  // B-014, C-035
  @Test
  void verifierThatChangesDuringTheCopyCountsAsLoss() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    int[] number = {0};
    lab.copy = args -> lab.asynchronous(++number[0]);
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.verifier = verifier(2);
    lab.callback(copyStateid(1), lab.done(FEW, StableHow4.UNSTABLE4));
    lab.until(NfsOpnum4.OP_COPY, 2);
    lab.callback(copyStateid(2), lab.done(FEW, StableHow4.UNSTABLE4));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
  }

  // B-014
  @Test
  void repeatedLossFailsTheCopy() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy =
        args -> {
          Copy4Res answer = lab.atOnce(args.count());
          lab.verifier = verifier(lab.copies().size() + 10);
          return answer;
        };
    NfsException failure = lab.failureOf(start(lab).completion());
    assertThat(failure.reason()).isEqualTo(Reason.DATA_LOST);
    assertThat(lab.copies()).hasSize(3);
  }

  // B-012, C11
  @Test
  void bytesBeforeAnErrorCountAndTheNextCopyReturnsTheError() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = inTurn(args -> lab.asynchronous(1), args -> failedCopy(Nfsstat4.NFS4ERR_ACCESS));
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(copyStateid(1), stopped(Nfsstat4.NFS4ERR_IO, 40_000));
    NfsException failure = lab.failureOf(handle.completion());
    assertThat(failure.reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("40000 of 100000 bytes are known to be there");
    assertThat(lab.order())
        .containsExactly(
            NfsOpnum4.OP_GETATTR,
            NfsOpnum4.OP_CLONE,
            NfsOpnum4.OP_COPY,
            NfsOpnum4.OP_COMMIT,
            NfsOpnum4.OP_COPY);
    assertThat(lab.sent(NfsOpnum4.OP_COMMIT))
        .containsExactly(new NfsArgop4.Commit(new Commit4Args(0, 40_000)));
    assertThat(lab.copies().getLast()).isEqualTo(copy(40_000, 60_000, true, false));
  }

  // B-012
  @Test
  void bytesBeforeAnErrorAreRepeatedAfterAChangedVerifier() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = inTurn(args -> lab.asynchronous(1), args -> lab.atOnce(args.count()));
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.verifier = verifier(2);
    lab.callback(copyStateid(1), stopped(Nfsstat4.NFS4ERR_IO, 40_000));
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(FEW);
    assertThat(lab.copies()).containsExactly(copy(0, FEW, true, false), copy(0, FEW, true, false));
  }

  // B-013, B-012
  @Test
  void noSpaceFailsTheCopyEvenWithBytes() throws Exception {
    for (Nfsstat4 status : List.of(Nfsstat4.NFS4ERR_NOSPC, Nfsstat4.NFS4ERR_DQUOT)) {
      CopyLab lab = new CopyLab(FEW);
      lab.copy = args -> lab.asynchronous(1);
      CopyHandle handle = start(lab);
      lab.until(NfsOpnum4.OP_COPY, 1);
      lab.callback(copyStateid(1), stopped(status, 40_000));
      NfsException failure = lab.failureOf(handle.completion());
      assertThat(failure.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(failure.status()).isEqualTo(status.value());
      assertThat(lab.copies()).hasSize(1);
      assertThat(lab.sent(NfsOpnum4.OP_WRITE)).isEmpty();
    }
  }

  // S-014, B41
  @Test
  void errorBeforeTheFirstByteIsStreamed() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(copyStateid(1), stopped(Nfsstat4.NFS4ERR_IO, 0));
    assertThat(lab.await(handle.completion()))
        .isEqualTo(
            new CopyResult(
                FEW, CopyResult.How.STREAMED, "the asynchronous copy failed with NFS4ERR_IO"));
    assertThat(lab.destination).isEqualTo(lab.source);
  }

  // B41
  @Test
  void requireOffloadReportsTheError() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle = start(lab, NfsCopyOptions.builder().requireOffload(true).build());
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(copyStateid(1), stopped(Nfsstat4.NFS4ERR_IO, 0));
    NfsException failure = lab.failureOf(handle.completion());
    assertThat(failure.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("NFS4ERR_IO");
    assertThat(lab.destination).isEmpty();
  }

  // K-003, K-004
  @Test
  void dirtyDataOfBothFilesIsFlushedBeforeTheCopy() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.atOnce(args.count());
    OutputStream stream = lab.b.outputStream(500_000);
    // Several WRITEs, some of which are still in flight.
    stream.write(new byte[(1 << 20) + 1]);
    lab.await(start(lab).completion());
    assertThat(lab.order())
        .containsExactly(
            NfsOpnum4.OP_WRITE,
            NfsOpnum4.OP_GETATTR,
            NfsOpnum4.OP_COMMIT,
            NfsOpnum4.OP_CLONE,
            NfsOpnum4.OP_COPY,
            NfsOpnum4.OP_COMMIT,
            NfsOpnum4.OP_GETATTR);
  }

  // B43, K-028
  @Test
  void readAfterTheCopyComesFromTheServer() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy =
        args -> {
          lab.perform(args);
          return lab.asynchronous(1);
        };
    byte[] before = new byte[10];
    lab.await(lab.b.readAsync(java.nio.ByteBuffer.wrap(before), 0));
    CopyHandle handle = start(lab);
    lab.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(copyStateid(1), lab.done(FEW));
    lab.await(handle.completion());
    assertThat(lab.sent(NfsOpnum4.OP_READ)).hasSize(1);
    byte[] after = new byte[FEW];
    lab.await(lab.b.readAsync(java.nio.ByteBuffer.wrap(after), 0));
    assertThat(after).isEqualTo(lab.source);
    assertThat(lab.await(lab.b.attributesAsync()).sizeBytes()).isEqualTo(FEW);
  }

  // K-030
  @Test
  void filesOpenedForTheCopyAreClosed() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle =
        lab.client.startCopy(
            NfsPath.of("/a"), lab.client, NfsPath.of("/b"), NfsCopyOptions.defaults());
    lab.until(NfsOpnum4.OP_COPY, 1);
    assertThat(lab.sent(NfsOpnum4.OP_CLOSE)).isEmpty();
    lab.callback(copyStateid(1), lab.done(FEW));
    lab.await(handle.completion());
    List<Object> closed = new ArrayList<>();
    lab.requests().stream()
        .filter(each -> each.getLast().argop() == NfsOpnum4.OP_CLOSE)
        .forEach(each -> closed.add(each.getFirst()));
    assertThat(closed).containsExactly(CompoundOps.put(fh("/b")), CompoundOps.put(fh("/a")));
  }

  // L-011
  @Test
  void cloneIsCommittedAndNeedsNoCopy() throws Exception {
    CopyLab lab = new CopyLab(MANY);
    lab.clone = Nfsstat4.NFS4_OK;
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(new CopyResult(MANY, CopyResult.How.CLONED, "the server shares the blocks"));
    assertThat(lab.order())
        .containsExactly(
            NfsOpnum4.OP_GETATTR, NfsOpnum4.OP_CLONE, NfsOpnum4.OP_COMMIT, NfsOpnum4.OP_GETATTR);
  }

  // B-015
  @Test
  void copyOfMoreBytesThanRequestedIsAProtocolError() throws Exception {
    for (long count : new long[] {FEW + 1L, -1L}) {
      CopyLab lab = new CopyLab(FEW);
      lab.copy = args -> lab.atOnce(count);
      assertThat(lab.failureOf(start(lab).completion()).reason()).isEqualTo(Reason.PROTOCOL);
    }
  }

  // RFC 8881 section 18.16.3
  @Test
  void openForReadingWantsADelegationAndForWritingNone() throws Exception {
    CopyLab lab = new CopyLab(FEW);
    List<Long> wishes =
        lab.server.executed.stream()
            .flatMap(compound -> compound.argarray().stream())
            .filter(NfsArgop4.Open.class::isInstance)
            .map(open ->
                ((NfsArgop4.Open) open).args().shareAccess()
                    & Nfs4.OPEN4_SHARE_ACCESS_WANT_DELEG_MASK)
            .toList();
    assertThat(wishes)
        .containsExactly(
            Nfs4.OPEN4_SHARE_ACCESS_WANT_READ_DELEG, Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_DELEG);
  }

  @Test
  void methodIsReportedWhileTheCopyRuns() throws Exception {
    CopyLab lab = new CopyLab(MANY);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle = start(lab);
    assertThat(handle.how()).isNull();
    lab.until(NfsOpnum4.OP_OFFLOAD_STATUS, 1);
    assertThat(handle.how()).isEqualTo(CopyResult.How.OFFLOADED);
    handle.cancel();
  }
}
