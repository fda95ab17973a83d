package io.ferrynfs.client.copy;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static io.ferrynfs.client.testing.CopyLab.other;
import static io.ferrynfs.client.testing.CopyLab.stopped;
import static io.ferrynfs.client.testing.TwoServersLab.notifyStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.CopyResult.How;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.NfsTraffic;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.testing.TwoServersLab;
import io.ferrynfs.client.testing.TwoServersLab.Request;
import io.ferrynfs.wire.nfs4.Close4Args;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Copies between two servers: the requests to each, and the handling of errors. */
class InterServerCopyTest {

  private static final int FEW = 100_000;
  private static final String FETCHED = "the destination's server fetches it from the source's";

  private static CopyHandle start(TwoServersLab lab) {
    return start(lab, NfsCopyOptions.defaults());
  }

  private static CopyHandle start(TwoServersLab lab, NfsCopyOptions options) {
    return lab.a.copyTo(0, lab.b, 0, FEW, options);
  }

  private static Copy4Args copy(int notice, long offset, boolean synchronous) {
    return new Copy4Args(
        notifyStateid(notice),
        CompoundOps.forData(openStateid(101)),
        offset,
        offset,
        FEW - offset,
        true,
        synchronous,
        TwoServersLab.ADDRESSES);
  }

  private static List<Copy4Args> copies(TwoServersLab lab) {
    return lab.destination.sent(NfsOpnum4.OP_COPY).stream()
        .map(operation -> ((NfsArgop4.Copy) operation).args())
        .toList();
  }

  private static CopyResult fetched(How how) {
    return new CopyResult(FEW, how, FETCHED, true, 0, false);
  }

  private static CopyResult throughClient(String reason) {
    return new CopyResult(FEW, How.STREAMED, reason, false, FEW, false);
  }

  private static NfsArgop4 cancel(int notice) {
    return new NfsArgop4.OffloadCancel(new OffloadCancel4Args(notifyStateid(notice)));
  }

  /** Returns the answers in turn, and the last one repeatedly. */
  @SafeVarargs
  private static Function<Copy4Args, Copy4Res> inTurn(Function<Copy4Args, Copy4Res>... answers) {
    int[] next = {0};
    return args -> answers[Math.min(next[0]++, answers.length - 1)].apply(args);
  }

  private static Copy4Res failed(Nfsstat4 status) {
    return new Copy4Res.Failed(status);
  }

  // K-001, K-002, I-025, K-005, K-006, K-007, K-033, W-009, X-021, F-011
  @Test
  void copyIsCopyNotifyThenCopyThenOffloadCancel() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle = start(lab);
    lab.destination.until(NfsOpnum4.OP_COPY, 1);
    assertThat(lab.callback(1, lab.done(FEW))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.await(handle.completion())).isEqualTo(fetched(How.OFFLOADED));
    Request look =
        new Request(
            "source",
            List.of(
                CompoundOps.put(lab.source.handle("/a")),
                CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR)));
    assertThat(lab.requests())
        .containsExactly(
            look,
            new Request(
                "source",
                List.of(
                    CompoundOps.put(lab.source.handle("/a")),
                    new NfsArgop4.CopyNotify(
                        new CopyNotify4Args(
                            CompoundOps.forData(openStateid(1)), lab.destination.location())))),
            new Request(
                "destination",
                List.of(
                    CompoundOps.put(lab.source.handle("/a")),
                    CompoundOps.save(),
                    CompoundOps.put(lab.destination.handle("/b")),
                    new NfsArgop4.Copy(copy(1, 0, false)))),
            new Request("source", List.of(CompoundOps.put(lab.source.handle("/a")), cancel(1))),
            look);
    assertThat(lab.source.client().traffic()).isEqualTo(new NfsTraffic(0, 0));
    assertThat(lab.destination.client().traffic()).isEqualTo(new NfsTraffic(0, 0));
  }

  // X-021, K-030, K-023
  @Test
  void filesOfTheCopyAreClosedWhichReleasesTheStateid() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.atOnce(args.count());
    CopyHandle handle =
        lab.source
            .client()
            .startCopy(
                NfsPath.of("/a"),
                lab.destination.client(),
                NfsPath.of("/b"),
                NfsCopyOptions.defaults());
    assertThat(lab.await(handle.completion())).isEqualTo(fetched(How.SYNCHRONOUS));
    List<Request> said = lab.requests();
    assertThat(lab.order())
        .containsExactly("source COPY_NOTIFY", "destination CLOSE", "source CLOSE");
    assertThat(said.getLast())
        .isEqualTo(
            new Request(
                "source",
                List.of(
                    CompoundOps.put(lab.source.handle("/a")),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR),
                    new NfsArgop4.Close(new Close4Args(0, openStateid(2))))));
  }

  // K-001
  @Test
  void oneServerAtTwoAddressesIsOneServer() throws Exception {
    TwoServersLab lab =
        new TwoServersLab(
            FEW,
            before -> {
              before.source.server.owner = "same";
              before.destination.server.owner = "same";
            });
    lab.copy = args -> lab.atOnce(args.count());
    assertThat(lab.await(start(lab).completion()).serverToServer()).isFalse();
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).isEmpty();
    assertThat(copies(lab)).singleElement().matches(args -> args.sourceServer().isEmpty());
  }

  // K-001
  @Test
  void sameOwnerInAnotherScopeIsAnotherServer() throws Exception {
    TwoServersLab lab =
        new TwoServersLab(
            FEW,
            before -> {
              before.source.server.owner = "same";
              before.destination.server.owner = "same";
              before.destination.server.scope = "elsewhere";
            });
    lab.copy = args -> lab.atOnce(args.count());
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched(How.SYNCHRONOUS));
  }

  // K-012, K-013, X-018: knfsd without copies between servers, capture 11
  @Test
  void destinationWithoutForeignFilehandlesIsStreamedToAndRemembered() throws Exception {
    for (Nfsstat4 status :
        List.of(
            Nfsstat4.NFS4ERR_STALE,
            Nfsstat4.NFS4ERR_BADHANDLE,
            Nfsstat4.NFS4ERR_MOVED,
            Nfsstat4.NFS4ERR_WRONGSEC)) {
      TwoServersLab lab = new TwoServersLab(FEW);
      lab.destination.put =
          handle -> handle.equals(lab.source.handle("/a")) ? status : Nfsstat4.NFS4_OK;
      assertThat(lab.await(start(lab).completion())).isEqualTo(throughClient("PUTFH: " + status));
      assertThat(lab.destination.files.get("/b")).isEqualTo(lab.source.files.get("/a"));
      assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).containsExactly(cancel(1));
      assertThat(lab.source.client().traffic()).isEqualTo(new NfsTraffic(FEW, 0));
      assertThat(lab.destination.client().traffic()).isEqualTo(new NfsTraffic(0, FEW));
      lab.forget();
      assertThat(lab.await(start(lab).completion()).reason())
          .isEqualTo("the destination's server does not copy from the source's");
      assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).isEmpty();
    }
  }

  // K-010, K-011, K-012, K-013, X-017, X-018, B41
  @Test
  void failedCopyIsStreamedAndTheStateidReleased() throws Exception {
    for (Nfsstat4 status :
        List.of(
            Nfsstat4.NFS4ERR_NOTSUPP,
            Nfsstat4.NFS4ERR_PARTNER_NOTSUPP,
            Nfsstat4.NFS4ERR_OFFLOAD_DENIED,
            Nfsstat4.NFS4ERR_STALE,
            Nfsstat4.NFS4ERR_BADHANDLE,
            Nfsstat4.NFS4ERR_MOVED,
            Nfsstat4.NFS4ERR_WRONGSEC,
            Nfsstat4.NFS4ERR_ACCESS,
            Nfsstat4.NFS4ERR_INVAL,
            Nfsstat4.NFS4ERR_IO,
            Nfsstat4.NFS4ERR_SERVERFAULT)) {
      TwoServersLab lab = new TwoServersLab(FEW);
      lab.copy = args -> failed(status);
      assertThat(lab.await(start(lab).completion())).isEqualTo(throughClient("COPY: " + status));
      assertThat(lab.destination.files.get("/b")).isEqualTo(lab.source.files.get("/a"));
      assertThat(copies(lab)).hasSize(1);
      assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).containsExactly(cancel(1));
    }
  }

  // B41, B-013
  @Test
  void errorsOfTheDestinationAreReportedAndTheStateidReleased() throws Exception {
    for (Nfsstat4 status :
        List.of(Nfsstat4.NFS4ERR_NOSPC, Nfsstat4.NFS4ERR_DQUOT, Nfsstat4.NFS4ERR_ROFS)) {
      TwoServersLab lab = new TwoServersLab(FEW);
      lab.copy = args -> failed(status);
      assertThat(lab.failureOf(start(lab).completion()).status()).isEqualTo(status.value());
      assertThat(lab.destination.sent(NfsOpnum4.OP_WRITE)).isEmpty();
      lab.source.until(NfsOpnum4.OP_OFFLOAD_CANCEL, 1);
    }
  }

  // B41: the same for an asynchronous copy
  @Test
  void asynchronousErrorBeforeTheFirstByteIsStreamed() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    CopyHandle handle = start(lab);
    lab.destination.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(1, stopped(Nfsstat4.NFS4ERR_OFFLOAD_DENIED, 0));
    assertThat(lab.await(handle.completion()))
        .isEqualTo(throughClient("the asynchronous copy failed with NFS4ERR_OFFLOAD_DENIED"));
    assertThat(copies(lab)).hasSize(1);
  }

  // B41: the files of a tree do not each wait for an unreachable source
  @Test
  void slowRefusalDefersCopiesForAMinute() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    lab.destination.server.hold = true;
    CopyHandle first = start(lab);
    assertThat(lab.world.runUntil(() -> !lab.destination.server.held.isEmpty(), TwoServersLab.LONG))
        .isTrue();
    lab.world.run(java.time.Duration.ofSeconds(5));
    lab.destination.server.hold = false;
    lab.destination.server.held.removeFirst().run();
    assertThat(lab.await(first.completion()))
        .isEqualTo(throughClient("COPY: NFS4ERR_OFFLOAD_DENIED"));
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(throughClient("the destination's server could not reach the source's recently"));
    assertThat(copies(lab)).hasSize(1);
    lab.world.run(java.time.Duration.ofMinutes(1));
    lab.await(start(lab).completion());
    assertThat(copies(lab)).hasSize(2);
  }

  @Test
  void requireOffloadReportsTheServersError() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED);
    NfsException failure =
        lab.failureOf(
            start(lab, NfsCopyOptions.builder().requireOffload(true).build()).completion());
    assertThat(failure.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("COPY: NFS4ERR_OFFLOAD_DENIED");
    assertThat(lab.source.sent(NfsOpnum4.OP_READ)).isEmpty();
    lab.source.until(NfsOpnum4.OP_OFFLOAD_CANCEL, 1);
  }

  // F-011, B45
  @Test
  void refusedServerToServerCopyDoesNotAffectOtherDirections() throws Exception {
    for (boolean insideIsRefused : new boolean[] {false, true}) {
      TwoServersLab lab = new TwoServersLab(FEW);
      lab.copy =
          args ->
              args.sourceServer().isEmpty() == insideIsRefused
                  ? failed(Nfsstat4.NFS4ERR_NOTSUPP)
                  : lab.atOnce(args.count());
      NfsFile c =
          lab.await(
              lab.destination
                  .client()
                  .openAsync(NfsPath.of("/c"), NfsOpenOptions.forReplacing(0644)));
      NfsFile d =
          lab.await(
              lab.destination.client().openAsync(NfsPath.of("/c"), NfsOpenOptions.forReading()));
      lab.destination.files.put("/c", new byte[10]);
      for (int round = 0; round < 2; round++) {
        CopyResult between = lab.await(start(lab).completion());
        CopyResult inside =
            lab.await(d.copyTo(0, lab.b, 0, 10, NfsCopyOptions.defaults()).completion());
        assertThat(between.stayedOnServer()).isEqualTo(insideIsRefused);
        assertThat(inside.stayedOnServer()).isEqualTo(!insideIsRefused);
      }
      lab.await(c.closeAsync());
      assertThat(copies(lab)).hasSize(3);
    }
  }

  // K-014
  @Test
  void sourceWithoutCopyNotifyIsRemembered() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.notify = args -> new CopyNotify4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP);
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(throughClient("COPY_NOTIFY: NFS4ERR_NOTSUPP"));
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(throughClient("the source's server does not support COPY_NOTIFY"));
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).hasSize(1);
    assertThat(copies(lab)).isEmpty();
  }

  // B41
  @Test
  void otherErrorOfCopyNotifyIsStreamed() throws Exception {
    for (Nfsstat4 status : List.of(Nfsstat4.NFS4ERR_ACCESS, Nfsstat4.NFS4ERR_OPENMODE)) {
      TwoServersLab lab = new TwoServersLab(FEW);
      lab.notify = args -> new CopyNotify4Res.Failed(status);
      assertThat(lab.await(start(lab).completion()))
          .isEqualTo(throughClient("COPY_NOTIFY: " + status));
      assertThat(copies(lab)).isEmpty();
    }
  }

  // K-005: without a source server, COPY would be a copy inside the destination
  @Test
  void copyNotifyWithoutAnAddressIsStreamed() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.notify = args -> TwoServersLab.noticed(1, List.of());
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(throughClient("COPY_NOTIFY returned no address of the source server"));
    assertThat(copies(lab)).isEmpty();
    assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).containsExactly(cancel(1));
  }

  // K-007, K-008
  @Test
  void copyIsRetriedAsRequiredWithTheSameStateid() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = inTurn(args -> other(true, true), args -> lab.atOnce(args.count()));
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched(How.SYNCHRONOUS));
    assertThat(copies(lab)).containsExactly(copy(1, 0, false), copy(1, 0, true));
    assertThat(lab.source.sent(NfsOpnum4.OP_COPY_NOTIFY)).hasSize(1);
  }

  // K-009, X-017
  @Test
  void alternatingRequirementsAreStreamedAndTheStateidReleased() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> other(true, !args.synchronous());
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(
            throughClient(
                "the server supports neither a synchronous nor an asynchronous copy now"));
    assertThat(copies(lab)).hasSize(4);
    assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL)).containsExactly(cancel(1));
  }

  // K-011
  @Test
  void rejectedStateidIsReplacedOnce() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy =
        inTurn(args -> failed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH), args -> lab.atOnce(args.count()));
    assertThat(lab.await(start(lab).completion())).isEqualTo(fetched(How.SYNCHRONOUS));
    assertThat(copies(lab)).containsExactly(copy(1, 0, false), copy(2, 0, false));

    TwoServersLab never = new TwoServersLab(FEW);
    never.copy = args -> failed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
    assertThat(never.await(start(never).completion()))
        .isEqualTo(throughClient("COPY: NFS4ERR_PARTNER_NO_AUTH"));
    assertThat(copies(never)).containsExactly(copy(1, 0, false), copy(2, 0, false));
    assertThat(never.source.sent(NfsOpnum4.OP_OFFLOAD_CANCEL))
        .containsExactly(cancel(1), cancel(2));
  }

  // K-011: reported by the callback
  @Test
  void stateidRejectedLaterIsReplacedToo() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = inTurn(args -> lab.asynchronous(1), args -> lab.atOnce(args.count()));
    CopyHandle handle = start(lab);
    lab.destination.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(1, stopped(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH, 0));
    assertThat(lab.await(handle.completion())).isEqualTo(fetched(How.SYNCHRONOUS));
    assertThat(copies(lab)).containsExactly(copy(1, 0, false), copy(2, 0, false));
  }

  // K-015, N-028, C8
  @Test
  void shortCopyIsContinuedWithTheSameStateid() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    int[] number = {0};
    lab.copy = args -> lab.asynchronous(++number[0]);
    CopyHandle handle = start(lab);
    lab.destination.until(NfsOpnum4.OP_COPY, 1);
    lab.callback(1, lab.done(60_000));
    lab.destination.until(NfsOpnum4.OP_COPY, 2);
    lab.callback(2, lab.done(40_000));
    assertThat(lab.await(handle.completion())).isEqualTo(fetched(How.OFFLOADED));
    assertThat(copies(lab)).containsExactly(copy(1, 0, false), copy(1, 60_000, false));
  }

  // K-016
  @Test
  void copyOfZeroBytesBeforeTheEndEndsTheOffload() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.atOnce(0);
    assertThat(lab.await(start(lab).completion()))
        .isEqualTo(throughClient("COPY made no progress"));
    assertThat(copies(lab)).hasSize(1);
  }

  // K-017, B41
  @Test
  void destinationThatIsBusyForTooLongIsStreamedTo() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> failed(Nfsstat4.NFS4ERR_DELAY);
    assertThat(lab.await(start(lab).completion())).isEqualTo(throughClient("COPY: NFS4ERR_DELAY"));
  }

  // B42
  @Test
  void minorVersionOneIsNotSentOperationsOfVersionTwo() throws Exception {
    TwoServersLab old = new TwoServersLab(FEW, before -> before.source.server.minorVersionMax = 1);
    assertThat(old.await(start(old).completion()))
        .isEqualTo(throughClient("the source's server speaks NFSv4.1, which has no COPY_NOTIFY"));
    TwoServersLab older =
        new TwoServersLab(FEW, before -> before.destination.server.minorVersionMax = 1);
    assertThat(older.await(start(older).completion()))
        .isEqualTo(throughClient("the destination's server speaks NFSv4.1, which has no COPY"));
  }

  // K-023, C-032
  @Test
  void sourceThatChangesDuringTheCopyIsReported() throws Exception {
    for (boolean byServer : new boolean[] {false, true}) {
      TwoServersLab lab = new TwoServersLab(FEW);
      lab.copy =
          args -> {
            lab.source.change++;
            return byServer ? lab.atOnce(args.count()) : failed(Nfsstat4.NFS4ERR_NOTSUPP);
          };
      CopyResult open = lab.await(start(lab).completion());
      assertThat(open.sourceChanged()).isTrue();
      lab.copy =
          args -> {
            lab.source.change++;
            return lab.atOnce(args.count());
          };
      CopyHandle whole =
          lab.source
              .client()
              .startCopy(
                  NfsPath.of("/a"),
                  lab.destination.client(),
                  NfsPath.of("/b"),
                  NfsCopyOptions.defaults());
      assertThat(lab.await(whole.completion()).sourceChanged()).isEqualTo(byServer);
    }
  }

  // S-001, K-027
  @Test
  void progressComesFromTheDestination() throws Exception {
    TwoServersLab lab = new TwoServersLab(FEW);
    lab.copy = args -> lab.asynchronous(1);
    lab.status = stateid -> io.ferrynfs.client.testing.CopyLab.running(55_000);
    CopyHandle handle = start(lab);
    lab.destination.until(NfsOpnum4.OP_OFFLOAD_STATUS, 1);
    lab.world.run(java.time.Duration.ofMillis(10));
    assertThat(handle.bytesSoFar()).isEqualTo(55_000);
    lab.callback(1, lab.done(FEW));
    assertThat(lab.await(handle.completion())).isEqualTo(fetched(How.OFFLOADED));
    assertThat(lab.source.sent(NfsOpnum4.OP_OFFLOAD_STATUS)).isEmpty();
    assertThat(copyStateid(1)).isNotEqualTo(notifyStateid(1));
  }
}
