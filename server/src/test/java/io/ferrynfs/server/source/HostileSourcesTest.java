package io.ferrynfs.server.source;

import static io.ferrynfs.server.source.ThreeParties.MIB;
import static io.ferrynfs.server.source.ThreeParties.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Sources that misbehave: the copy ends in bounded time with the right status. */
class HostileSourcesTest {
  private static final NfsFh4 FILE = new NfsFh4(Opaque.ofUtf8("file of the source"));
  private static final Stateid4 NOTIFY = new Stateid4(3, Opaque.ofUtf8("source state"));
  private static final Nfsstat4 UNABLE = Nfsstat4.NFS4ERR_PARTNER_NOTSUPP;
  private static final Duration SET_UP = SourceLimits.defaults().setUpTimeMax();

  final ThreeParties lab =
      new ThreeParties(
          1,
          ThreeParties.limits(CopyLimits.defaults()),
          ThreeParties.options(CopyRules.RFC7862, CopySources.ofOwnNetworks()),
          ThreeParties.limits(CopyLimits.defaults()),
          pipeBytes());
  private final ScriptedSource peer = new ScriptedSource(lab.world.host("peer"));
  private final CopyClient.Open to = lab.atDestination.open("to", Ops.BOTH);

  /** Returns the capacity in bytes of the pipes to the destination's files; 0 for no pipes. */
  int pipeBytes() {
    return 0;
  }

  private NfsArgop4[] copy(boolean synchronous) {
    return new NfsArgop4[] {
      Ops.putfh(FILE),
      Ops.savefh(),
      Ops.putfh(to.file()),
      new NfsArgop4.Copy(
          new Copy4Args(
              NOTIFY,
              to.stateid(),
              0,
              0,
              0,
              true,
              synchronous,
              List.of(
                  CopyEndpoint.location(
                      new java.net.InetSocketAddress(
                          lab.world.host("peer").address(), CopyEndpoint.PORT)))))
    };
  }

  private NfsResop4 copied() {
    return lab.atDestination.last(copy(true));
  }

  private Nfsstat4 status() {
    return copied().status();
  }

  // I-006, I-007, I-008, I-023
  @Test
  void sourceReceivesTheUserTheFilehandleAndTheStateidUnchanged() {
    assertThat(count(copied())).isEqualTo(MIB);
    List<ScriptedSource.ReceivedCall> reads =
        peer.received.stream()
            .filter(call -> call.compound().argarray().getLast() instanceof NfsArgop4.Read)
            .toList();
    Credential user = new Credential.Sys(0, Opaque.ofUtf8("ferry"), 1000, 1000, List.of());
    Stateid4 shown = new Stateid4(0, NOTIFY.other());
    assertThat(reads.stream().map(ScriptedSource.ReceivedCall::principal)).containsOnly(user);
    assertThat(reads.getLast().compound().argarray().subList(1, 3))
        .containsExactly(Ops.putfh(FILE), new NfsArgop4.Read(new Read4Args(shown, 0, MIB)));
    assertThat(peer.operations().stream().map(NfsArgop4::argop).distinct())
        .as("no OPEN, no CLOSE")
        .extracting(Enum::name)
        .containsExactlyInAnyOrder(
            "OP_EXCHANGE_ID",
            "OP_CREATE_SESSION",
            "OP_SEQUENCE",
            "OP_RECLAIM_COMPLETE",
            "OP_PUTROOTFH",
            "OP_GETATTR",
            "OP_PUTFH",
            "OP_READ");
  }

  // I-026: a client may have chosen this address in order to learn about the server
  @Test
  void exchangeIdToASourceDoesNotIdentifyTheServer() {
    assertThat(count(copied())).isEqualTo(MIB);
    ExchangeId4Args introduction =
        peer.operations().stream()
            .filter(NfsArgop4.ExchangeId.class::isInstance)
            .map(operation -> ((NfsArgop4.ExchangeId) operation).args())
            .findFirst()
            .orElseThrow();
    assertThat(introduction.clientImplId()).isNull();
    String name =
        new String(introduction.clientowner().ownerid().toByteArray(), StandardCharsets.UTF_8);
    assertThat(name).matches("NFSv4\\.2 client [0-9a-f]{32}");
    assertThat(name).doesNotContain(Opaque.ofUtf8("destination").toHex());
  }

  // B42
  @Test
  void sourceOfMinorVersionOneIsReadAndOneOfMinorVersionZeroIsRejected() {
    peer.minorVersionMax = 1;
    peer.used = 0;
    assertThat(count(copied()))
        .as("a sparse file that cannot be searched with SEEK")
        .isEqualTo(MIB);
    assertThat(peer.operations().stream().noneMatch(NfsArgop4.Seek.class::isInstance)).isTrue();
    lab.world.run(ThreeParties.KEPT.plusSeconds(1));
    peer.minorVersionMax = 0;
    assertThat(status()).isEqualTo(UNABLE);
  }

  // I-020, B50
  @Test
  void garbageBeforeASessionExistsFailsTheCopy() {
    Random random = new Random(1);
    for (int bytes : new int[] {1, 4, 12, 100, 5000}) {
      byte[] garbage = new byte[bytes];
      random.nextBytes(garbage);
      peer.raw = call -> Opaque.of(garbage);
      expectWithin(SET_UP, () -> assertThat(status()).isEqualTo(UNABLE));
    }
    expectNoConnections();
  }

  private void expectWithin(Duration time, Runnable body) {
    long start = lab.world.nanoTime();
    body.run();
    assertThat(Duration.ofNanos(lab.world.nanoTime() - start))
        .isLessThanOrEqualTo(time.plusMillis(10));
  }

  private void expectNoConnections() {
    assertThat(lab.destination.server.sourceCount()).isZero();
    lab.world.run(Duration.ofSeconds(30));
    assertThat(peer.connections()).isZero();
  }

  // I-017, B50
  @Test
  void sourceThatStopsAnsweringDuringTheSetUpIsAbandoned() {
    for (String step :
        List.of("OP_EXCHANGE_ID", "OP_CREATE_SESSION", "OP_RECLAIM_COMPLETE", "OP_PUTROOTFH")) {
      peer.raw =
          call ->
              call.argarray().stream().anyMatch(each -> each.argop().name().equals(step))
                  ? Opaque.EMPTY
                  : null;
      expectWithin(SET_UP, () -> assertThat(status()).as(step).isEqualTo(UNABLE));
      expectNoConnections();
    }
    peer.raw = call -> call.argarray().getLast() instanceof NfsArgop4.Read ? Opaque.EMPTY : null;
    expectWithin(SET_UP, () -> assertThat(status()).isEqualTo(UNABLE));
    expectNoConnections();
  }

  // I-031: up to a time limit
  @Test
  void delayIsRetriedAtEveryStep() {
    AtomicInteger left = new AtomicInteger(3);
    peer.script =
        operation ->
            operation instanceof NfsArgop4.Read && left.getAndDecrement() > 0
                ? ScriptedSource.read(Nfsstat4.NFS4ERR_DELAY)
                : null;
    assertThat(count(copied())).isEqualTo(MIB);
    left.set(Integer.MAX_VALUE);
    expectWithin(SET_UP, () -> assertThat(status()).isEqualTo(UNABLE));
  }

  /** Scripts READs of data, but not the READ of zero bytes that checks the permission. */
  private void reads(java.util.function.Function<Read4Args, NfsResop4> answer) {
    peer.script =
        operation ->
            operation instanceof NfsArgop4.Read(Read4Args args) && args.count() > 0
                ? answer.apply(args)
                : null;
  }

  private static boolean readsData(Compound4Args call) {
    return call.argarray().getLast() instanceof NfsArgop4.Read(Read4Args args) && args.count() > 0;
  }

  // I-030: every new connection seems to make progress, and none does
  @Test
  void sourceThatClosesTheConnectionAtEachReadEndsTheCopy() {
    peer.breaksAt = HostileSourcesTest::readsData;
    expectWithin(Duration.ofSeconds(30), () -> assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO));
    assertThat(peer.broken).isBetween(3, 20);
  }

  // I-030, A-012
  @Test
  void sourceThatClosesTheConnectionAtEachReadEndsAnAsynchronousCopy() {
    peer.breaksAt = HostileSourcesTest::readsData;
    Stateid4 stateid = ThreeParties.stateid(lab.atDestination.last(copy(false)));
    expectWithin(
        Duration.ofSeconds(30),
        () ->
            assertThat(lab.atDestination.callback())
                .isEqualTo(
                    new CbOffload4Args(
                        to.file(), stateid, new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_IO, 0))));
    assertThat(peer.broken).isBetween(3, 20);
    lab.world.run(Duration.ofMinutes(2));
    assertThat(peer.broken).isLessThanOrEqualTo(20);
  }

  // I-012, I-030
  @Test
  void failureOfReadAtTheSourceIsReportedToTheClient() {
    for (Nfsstat4 failure :
        List.of(
            Nfsstat4.NFS4ERR_BAD_STATEID,
            Nfsstat4.NFS4ERR_STALE,
            Nfsstat4.NFS4ERR_ACCESS,
            Nfsstat4.NFS4ERR_EXPIRED,
            Nfsstat4.NFS4ERR_PARTNER_NO_AUTH)) {
      peer.script =
          operation -> operation instanceof NfsArgop4.Read ? ScriptedSource.read(failure) : null;
      assertThat(status()).as("during the set-up").isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
      reads(args -> ScriptedSource.read(failure));
      assertThat(status()).as("later").isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
    }
    reads(args -> ScriptedSource.read(Nfsstat4.NFS4ERR_IO));
    assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO);
    peer.script =
        operation ->
            operation instanceof NfsArgop4.Getattr
                ? new NfsResop4.Getattr(new Getattr4Res.Failed(Nfsstat4.NFS4ERR_STALE))
                : null;
    assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
  }

  // I-032, A-011, A-012
  @Test
  void failureOfTheSourceAfterTheReplyIsReportedByTheCallback() {
    reads(args -> ScriptedSource.read(Nfsstat4.NFS4ERR_BAD_STATEID));
    Stateid4 stateid = ThreeParties.stateid(lab.atDestination.last(copy(false)));
    assertThat(lab.atDestination.callback())
        .isEqualTo(
            new CbOffload4Args(
                to.file(), stateid, new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH, 0)));
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.destination.server.hasNoCopies()).isTrue();
  }

  // I-030: more bytes than requested, no bytes without eof, a result of another operation
  @Test
  void invalidReadResultsEndTheCopy() {
    for (Consumer<HostileSourcesTest> result :
        List.<Consumer<HostileSourcesTest>>of(
            test -> test.reads(args -> ScriptedSource.read((int) args.count() + 1, false)),
            test -> test.reads(args -> ScriptedSource.read(0, false)),
            test -> test.reads(args -> wrong()))) {
      result.accept(this);
      assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO);
      assertThat(lab.destination.content("to")).isEmpty();
    }
  }

  private static NfsResop4 wrong() {
    return new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(true, 0)));
  }

  // I-029
  @Test
  void shortReadsAreContinuedUntilTheEnd() {
    reads(args -> ScriptedSource.read((int) Math.min(args.count(), 100_000), false));
    assertThat(count(copied())).isEqualTo(MIB);
    peer.size = 1L << 40;
    peer.used = peer.size;
    reads(args ->
        args.offset() < 3 * MIB + 7
            ? ScriptedSource.read((int) Math.min(args.count(), 3 * MIB + 7 - args.offset()), false)
            : ScriptedSource.read(0, true));
    assertThat(count(copied())).as("the source reported a size of one TiB").isEqualTo(3 * MIB + 7);
    assertThat(lab.destination.content("to")).hasSize(3 * MIB + 7);
  }

  // I-030
  @Test
  void readWithoutAReplyEndsTheCopyAfterTheEarlierBytes() {
    peer.size = 6 * MIB;
    peer.used = peer.size;
    peer.raw =
        call ->
            call.argarray().getLast() instanceof NfsArgop4.Read(Read4Args args)
                    && args.offset() == 2 * MIB
                ? Opaque.EMPTY
                : null;
    CompletableFuture<Results> answer = lab.atDestination.send(copy(true));
    expectWithin(
        Duration.ofMinutes(1),
        () ->
            assertThat(count(lab.atDestination.await(answer).results().getLast()))
                .isEqualTo(2 * MIB));
  }

  // I-033
  @Test
  void invalidSeekResultsAreNotRequestedAgain() {
    peer.used = 0;
    for (SeekRes4 result :
        List.of(
            new SeekRes4(false, 0), new SeekRes4(false, -5), new SeekRes4(false, Long.MAX_VALUE))) {
      peer.script =
          operation ->
              operation instanceof NfsArgop4.Seek
                  ? new NfsResop4.Seek(new Seek4Res.Ok(result))
                  : null;
      assertThat(count(copied())).as(result.toString()).isEqualTo(MIB);
    }
    peer.script =
        operation ->
            operation instanceof NfsArgop4.Seek(Seek4Args args)
                ? new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP))
                : null;
    assertThat(count(copied())).isEqualTo(MIB);
  }

  // I-029, I-033: a range that is truncated during SEEK was not a hole
  @Test
  void sourceTruncatedDuringSeekMakesTheCopyShort() {
    for (boolean returnsEof : new boolean[] {false, true}) {
      peer.size = 4 * MIB;
      peer.used = 0;
      peer.script =
          operation -> {
            if (!(operation instanceof NfsArgop4.Seek)) {
              return null;
            }
            peer.size = MIB + 5;
            return new NfsResop4.Seek(
                returnsEof
                    ? new Seek4Res.Ok(new SeekRes4(true, 0))
                    : new Seek4Res.Failed(Nfsstat4.NFS4ERR_NXIO));
          };
      assertThat(count(copied())).isEqualTo(MIB + 5);
    }
  }

  // I-033, Z-005: although no write is possible because the data before the holes does not arrive
  @Test
  void endlessHolesAreNotSoughtEndlessly() {
    peer.size = 1L << 40;
    peer.used = 0;
    peer.raw =
        call ->
            call.argarray().getLast() instanceof NfsArgop4.Read(Read4Args args) && args.count() > 0
                ? Opaque.EMPTY
                : null;
    peer.script =
        operation ->
            operation instanceof NfsArgop4.Seek(Seek4Args args)
                ? new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, hole(args))))
                : null;
    assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO);
    assertThat(peer.operations().stream().filter(NfsArgop4.Seek.class::isInstance))
        .hasSizeLessThan(300);
  }

  /** Returns some data and then repeatedly a hole of one byte before an empty data range. */
  private static long hole(Seek4Args args) {
    boolean isData = args.what() == DataContent4.NFS4_CONTENT_DATA.value();
    if (args.offset() == 0) {
      return isData ? 0 : 10;
    }
    return args.offset() + (isData ? 1 : 0);
  }

  // I-033
  @Test
  void holesOfTheSourceRemainHoles() throws StorageException {
    byte[] content = ThreeParties.random(100_000);
    long size = 40L * MIB + 3;
    lab.source.put("from", content, 20 * MIB + 5, size, 0644);
    ThreeParties.NotifiedFile from = lab.notifyFile("from");
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(size);
    try (OpenFile file = lab.destination.open("to", OpenAccess.READ)) {
      assertThat(file.size()).isEqualTo(size);
      assertThat(file.attributes().spaceUsed()).isLessThan(MIB);
    }
    assertThat(lab.destination.content("to")).isEqualTo(lab.source.content("from"));
    lab.expectNothingHeld();
  }
}
