package io.ferrynfs.client.copy;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static io.ferrynfs.client.testing.CopyLab.verifier;
import static io.ferrynfs.client.testing.TwoServersLab.notifyStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.CopyResult.How;
import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.testing.TwoServersLab;
import io.ferrynfs.client.testing.TwoServersLab.Request;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Small files between two servers: one COMPOUND to each, and its errors. */
class SmallFileCopyTest {

  private static final int FEW = 65_536;
  private static final String FETCHED = "the destination's server fetches it from the source's";
  private static final NfsAttributeChanges CHANGES =
      NfsAttributeChanges.none().withMode(0640).withModifyTime(Instant.ofEpochSecond(77, 5));

  /** The separate steps, after the failed attempt. */
  private static final List<String> SEPARATELY =
      List.of("destination COPY", "destination CLOSE", "source CLOSE");

  private static CopyHandle start(TwoServersLab lab, NfsCopyOptions options) {
    return lab.source
        .client()
        .startCopy(NfsPath.of("/a"), lab.destination.client(), NfsPath.of("/b"), options);
  }

  private static CopyHandle start(TwoServersLab lab) {
    return start(lab, NfsCopyOptions.defaults());
  }

  private static CopyResult fetched() {
    return new CopyResult(FEW, How.SYNCHRONOUS, FETCHED, true, 0, false);
  }

  private static boolean isTogether(Copy4Args args) {
    return args.dstStateid().equals(CompoundOps.CURRENT);
  }

  private static Copy4Res unstable(TwoServersLab lab, long count) {
    return new Copy4Res.Ok(
        new Copy4Resok(
            new WriteResponse4(null, count, StableHow4.UNSTABLE4, lab.destination.verifier),
            new CopyRequirements4(true, true)));
  }

  private static TwoServersLab lab() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.atOnce(args.count());
    return lab;
  }

  /** A second file is not tried with the combined COMPOUND, and is copied. */
  private static void expectAnotherOneSeparately(TwoServersLab lab) throws ExecutionException {
    lab.forget();
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.order())
        .containsExactly(
            "source GETATTR",
            "destination GETATTR",
            "source COPY_NOTIFY",
            "destination COPY",
            "destination CLOSE",
            "source CLOSE");
  }

  // K-002, K-005, K-006, K-026, K-033, X-021
  @Test
  void smallFileNeedsOneCompoundPerServerAndAClose() throws Exception {
    TwoServersLab lab = lab();
    lab.copy = args -> unstable(lab, args.count());
    CopyHandle handle = start(lab, NfsCopyOptions.builder().attributes(CHANGES).build());
    assertThat(handle.destination()).isNull();
    assertThat(lab.await(handle.completion())).isEqualTo(fetched());
    AttrValues set =
        AttrValues.builder()
            .put(Attrs.MODE, 0640L)
            .put(Attrs.TIME_MODIFY_SET, new Settime4.ClientTime4(new Nfstime4(77, 5)))
            .build();
    assertThat(lab.requests())
        .containsExactly(
            new Request(
                "source",
                List.of(
                    CompoundOps.putRoot(),
                    lab.source.sent(NfsOpnum4.OP_OPEN).getFirst(),
                    CompoundOps.getHandle(),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR),
                    new NfsArgop4.CopyNotify(
                        new CopyNotify4Args(CompoundOps.CURRENT, lab.destination.location())))),
            new Request(
                "destination",
                List.of(
                    CompoundOps.put(lab.source.handle("/a")),
                    CompoundOps.save(),
                    CompoundOps.putRoot(),
                    lab.destination.sent(NfsOpnum4.OP_OPEN).getFirst(),
                    CompoundOps.getHandle(),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR),
                    new NfsArgop4.Copy(
                        new Copy4Args(
                            notifyStateid(1),
                            CompoundOps.CURRENT,
                            0,
                            0,
                            FEW,
                            true,
                            true,
                            TwoServersLab.ADDRESSES)),
                    new NfsArgop4.Setattr(new Setattr4Args(CompoundOps.ANONYMOUS, set.encode())),
                    new NfsArgop4.Commit(new Commit4Args(0, FEW)),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR),
                    new NfsArgop4.Close(new Close4Args(0, CompoundOps.CURRENT)))),
            new Request(
                "source",
                List.of(
                    CompoundOps.put(lab.source.handle("/a")),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR),
                    new NfsArgop4.Close(new Close4Args(0, openStateid(2))))));
    assertThat(handle.destination()).isNotNull();
  }

  @Test
  void noAttributesMeansNoSetattr() throws Exception {
    TwoServersLab lab = lab();
    CopyHandle handle = start(lab);
    assertThat(lab.await(handle.completion())).isEqualTo(fetched());
    assertThat(handle.destination()).isNull();
    assertThat(lab.destination.sent(NfsOpnum4.OP_SETATTR)).isEmpty();
    assertThat(lab.order())
        .containsExactly("source COPY_NOTIFY", "destination CLOSE", "source CLOSE");
  }

  // K-007, K-008, K-014, C-046
  @Test
  void failedCombinedCompoundFallsBackAndIsDeferred() throws Exception {
    for (Nfsstat4 status :
        List.of(
            Nfsstat4.NFS4ERR_BAD_STATEID,
            Nfsstat4.NFS4ERR_OFFLOAD_DENIED,
            Nfsstat4.NFS4ERR_INVAL,
            Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE)) {
      TwoServersLab lab = lab();
      lab.copy = args -> isTogether(args) ? new Copy4Res.Failed(status) : lab.atOnce(args.count());
      assertThat(lab.await(start(lab).completion())).as("%s", status).isEqualTo(fetched());
      assertThat(lab.order().subList(0, 2))
          .containsExactly("source COPY_NOTIFY", "destination COPY");
      assertThat(lab.order().subList(2, 5)).isEqualTo(SEPARATELY);
      assertThat(lab.destination.sent(NfsOpnum4.OP_OPEN)).hasSize(1);
      expectAnotherOneSeparately(lab);
      lab.world.run(Duration.ofMinutes(2));
      lab.copy = args -> lab.atOnce(args.count());
      lab.forget();
      assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
      assertThat(lab.order())
          .containsExactly("source COPY_NOTIFY", "destination CLOSE", "source CLOSE");
    }
  }

  // K-007, K-008
  @Test
  void serverThatRequiresAsynchronousCopiesGetsOne() throws Exception {
    TwoServersLab lab = lab();
    lab.copy =
        args ->
            args.synchronous()
                ? new Copy4Res.OffloadNoReqs(new CopyRequirements4(true, false))
                : lab.asynchronous(1);
    CopyHandle handle = start(lab);
    lab.destination.until(NfsOpnum4.OP_COPY, 2);
    assertThat(lab.callback(1, lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion()))
        .isEqualTo(new CopyResult(FEW, How.OFFLOADED, FETCHED, true, 0, false));
    assertThat(lab.destination.sent(NfsOpnum4.OP_OPEN)).hasSize(1);
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).hasSize(1);
  }

  // K-017
  @Test
  void delayedCombinedCopyIsRetriedWithoutAnotherOpen() throws Exception {
    TwoServersLab lab = lab();
    int[] busy = {2};
    lab.copy =
        args ->
            busy[0]-- > 0 ? new Copy4Res.Failed(Nfsstat4.NFS4ERR_DELAY) : lab.atOnce(args.count());
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.destination.sent(NfsOpnum4.OP_OPEN)).hasSize(1);
    lab.forget();
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.order())
        .containsExactly("source COPY_NOTIFY", "destination CLOSE", "source CLOSE");
  }

  @Test
  void sourceWithoutTheCurrentStateidGetsASeparateCopyNotify() throws Exception {
    TwoServersLab lab = lab();
    lab.notify =
        args ->
            args.srcStateid().equals(CompoundOps.CURRENT)
                ? new CopyNotify4Res.Failed(Nfsstat4.NFS4ERR_BAD_STATEID)
                : TwoServersLab.noticed(++lab.notices);
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.order())
        .containsExactly(
            "source COPY_NOTIFY",
            "destination GETATTR",
            "source COPY_NOTIFY",
            "destination COPY",
            "destination CLOSE",
            "source CLOSE");
    expectAnotherOneSeparately(lab);
  }

  // K-012, K-013
  @Test
  void rejectedForeignFilehandleOpensNothing() throws Exception {
    TwoServersLab lab = lab();
    lab.destination.put =
        handle ->
            handle.equals(lab.source.handle("/a")) ? Nfsstat4.NFS4ERR_STALE : Nfsstat4.NFS4_OK;
    CopyResult result = lab.await(start(lab).completion());
    assertThat(result.how()).isEqualTo(How.STREAMED);
    assertThat(lab.destination.files.get("/b")).isEqualTo(lab.source.files.get("/a"));
    assertThat(lab.destination.sent(NfsOpnum4.OP_COPY)).isEmpty();
    assertThat(lab.destination.sent(NfsOpnum4.OP_OPEN)).hasSize(1);
    assertThat(lab.destination.sent(NfsOpnum4.OP_CLOSE)).hasSize(1);
    lab.forget();
    assertThat(lab.await(start(lab).completion()).how()).isEqualTo(How.STREAMED);
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).isEmpty();
    assertThat(lab.destination.sent(NfsOpnum4.OP_SAVEFH)).isEmpty();
  }

  // B-014, D-003
  @Test
  void changedCommitVerifierRepeatsTheCopy() throws Exception {
    TwoServersLab lab = lab();
    lab.copy =
        args -> {
          Copy4Res copied = unstable(lab, args.count());
          if (isTogether(args)) {
            lab.destination.verifier = verifier(2);
          }
          return copied;
        };
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.order())
        .containsExactly(
            "source COPY_NOTIFY",
            "destination CLOSE",
            "destination GETATTR",
            "destination COPY",
            "destination COMMIT",
            "destination CLOSE",
            "source CLOSE");
  }

  // B-014
  @Test
  void failedCommitRepeatsTheCopyIntoTheOpenFile() throws Exception {
    TwoServersLab lab = lab();
    lab.copy = args -> unstable(lab, args.count());
    boolean[] failed = {false};
    lab.destination.instead =
        operation -> {
          if (failed[0] || !(operation instanceof NfsArgop4.Commit)) {
            return null;
          }
          failed[0] = true;
          return new NfsResop4.Commit(new Commit4Res.Failed(Nfsstat4.NFS4ERR_IO));
        };
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.order())
        .containsExactly(
            "source COPY_NOTIFY",
            "destination COMMIT",
            "destination COPY",
            "destination COMMIT",
            "destination CLOSE",
            "source CLOSE");
  }

  // K-015, C-027
  @Test
  void shortCopyIsRepeated() throws Exception {
    for (long count : new long[] {0, 1000}) {
      TwoServersLab lab = lab();
      lab.copy = args -> lab.atOnce(isTogether(args) ? count : args.count());
      assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
      assertThat(lab.destination.sent(NfsOpnum4.OP_COPY).getLast())
          .isEqualTo(
              new NfsArgop4.Copy(
                  new Copy4Args(
                      notifyStateid(1),
                      CompoundOps.forData(openStateid(103)),
                      0,
                      0,
                      FEW,
                      true,
                      false,
                      TwoServersLab.ADDRESSES)));
    }
  }

  @Test
  void copyOfMoreBytesThanRequestedIsAProtocolError() throws Exception {
    TwoServersLab lab = lab();
    lab.copy = args -> lab.atOnce(args.count() + 1);
    assertThat(lab.failureOf(start(lab).completion()).reason()).isEqualTo(Reason.PROTOCOL);
    assertThat(lab.order())
        .containsExactly("source COPY_NOTIFY", "destination CLOSE", "source CLOSE");
  }

  // C-025
  @Test
  void asynchronousReplyToASynchronousCopyIsCancelled() throws Exception {
    TwoServersLab lab = lab();
    lab.copy = args -> isTogether(args) ? lab.asynchronous(9) : lab.atOnce(args.count());
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched());
    assertThat(lab.destination.sent(NfsOpnum4.OP_OFFLOAD_CANCEL))
        .containsExactly(new NfsArgop4.OffloadCancel(new OffloadCancel4Args(copyStateid(9))));
  }

  // K-023
  @Test
  void sourceThatChangesDuringTheCopyIsReported() throws Exception {
    TwoServersLab lab = lab();
    lab.copy =
        args -> {
          lab.source.change++;
          return lab.atOnce(args.count());
        };
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(new CopyResult(FEW, How.SYNCHRONOUS, FETCHED, true, 0, true));
  }

  @Test
  void failedSetattrLeavesACompleteCopyAndAClosedFile() throws Exception {
    TwoServersLab lab = lab();
    lab.destination.instead =
        operation ->
            operation instanceof NfsArgop4.Setattr
                ? new NfsResop4.Setattr(new Setattr4Res(Nfsstat4.NFS4ERR_PERM, Bitmap4.EMPTY))
                : null;
    CopyHandle handle = start(lab, NfsCopyOptions.builder().attributes(CHANGES).build());
    assertThat(lab.await(handle.completion())).isEqualTo(fetched());
    assertThat(handle.destination()).isNull();
    assertThat(lab.order())
        .containsExactly(
            "source COPY_NOTIFY", "destination SETATTR", "destination CLOSE", "source CLOSE");
  }

  // B-014, D-003
  @Test
  void failedSetattrMovesTheCommitToASeparateCall() throws Exception {
    for (boolean restarts : new boolean[] {false, true}) {
      TwoServersLab lab = lab();
      lab.copy =
          args -> {
            Copy4Res copied = unstable(lab, args.count());
            if (restarts && isTogether(args)) {
              lab.destination.verifier = verifier(2);
            }
            return copied;
          };
      lab.destination.instead =
          operation ->
              operation instanceof NfsArgop4.Setattr
                  ? new NfsResop4.Setattr(new Setattr4Res(Nfsstat4.NFS4ERR_PERM, Bitmap4.EMPTY))
                  : null;
      CopyHandle handle = start(lab, NfsCopyOptions.builder().attributes(CHANGES).build());
      assertThat(lab.await(handle.completion())).isEqualTo(fetched());
      assertThat(lab.destination.sent(NfsOpnum4.OP_COPY)).hasSize(restarts ? 2 : 1);
      assertThat(lab.order())
          .startsWith("source COPY_NOTIFY", "destination SETATTR", "destination COMMIT")
          .endsWith("destination CLOSE", "source CLOSE");
    }
  }

  @Test
  void failedOpenOfTheDestinationFailsTheCopy() throws Exception {
    TwoServersLab lab = lab();
    lab.destination.instead =
        operation ->
            operation instanceof NfsArgop4.Open
                ? new NfsResop4.Open(
                    new io.ferrynfs.wire.nfs4.Open4Res.Failed(Nfsstat4.NFS4ERR_ACCESS))
                : null;
    assertThat(lab.failureOf(start(lab).completion()).reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(lab.order())
        .containsExactly("source COPY_NOTIFY", "destination OPEN", "source CLOSE");
  }

  @Test
  void exclusiveAndLargeCopiesAreNotCombined() throws Exception {
    TwoServersLab lab = lab();
    assertThat(lab.await(start(lab, NfsCopyOptions.builder().replace(false).build()).completion()))
        .isEqualTo(fetched());
    assertThat(lab.order().getFirst()).isEqualTo("source COPY_NOTIFY");
    assertThat(lab.order().subList(2, 5)).isEqualTo(SEPARATELY);
    lab.source.files.put("/a", new byte[(int) SmallFileCopy.BYTES_MAX + 1]);
    lab.forget();
    assertThat(lab.await(start(lab).completion()).bytes()).isEqualTo(SmallFileCopy.BYTES_MAX + 1);
    assertThat(lab.order())
        .containsExactly(
            "source COPY_NOTIFY",
            "destination GETATTR",
            "destination COPY",
            "destination CLOSE",
            "source CLOSE");
  }

  // K-034
  @Test
  void emptyFileSendsNoCopyToTheEnd() throws Exception {
    TwoServersLab lab = lab();
    lab.source.files.put("/a", new byte[0]);
    assertThat(lab.await(start(lab).completion()).bytes()).isZero();
    assertThat(lab.destination.sent(NfsOpnum4.OP_COPY)).isEmpty();
    assertThat(lab.destination.sent(NfsOpnum4.OP_CLOSE)).hasSize(1);
  }

  // K-018, X-017
  @Test
  void cancelNotifiesTheSource() throws Exception {
    TwoServersLab lab = lab();
    CopyHandle[] handle = new CopyHandle[1];
    lab.copy =
        args -> {
          handle[0].cancel();
          return new Copy4Res.Failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
        };
    handle[0] = start(lab);
    assertThat(lab.failureOf(handle[0].completion()).reason()).isEqualTo(Reason.CANCELLED);
    lab.source.until(NfsOpnum4.OP_CLOSE, 1);
    assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL))
        .contains(new NfsArgop4.OffloadCancel(new OffloadCancel4Args(notifyStateid(1))));
    assertThat(lab.destination.sent(NfsOpnum4.OP_CLOSE)).hasSize(1);
    assertThat(lab.destination.sent(NfsOpnum4.OP_COPY)).hasSize(1);
  }
}
