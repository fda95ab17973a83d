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

/** Sources that answer what they like: the copy ends, with the right status, in a bounded time. */
class HostileSourcesTest {
  private static final NfsFh4 FILE = new NfsFh4(Opaque.ofUtf8("bytes of the liar's"));
  private static final Stateid4 NOTIFY = new Stateid4(3, Opaque.ofUtf8("of the liar."));
  private static final Nfsstat4 UNABLE = Nfsstat4.NFS4ERR_PARTNER_NOTSUPP;
  private static final Duration SET_UP = SourceLimits.defaults().setUpTimeMax();

  final ThreeParties lab =
      new ThreeParties(
          1,
          ThreeParties.limits(CopyLimits.defaults()),
          ThreeParties.options(CopyRules.RFC7862, CopySources.ofOwnNetworks()),
          ThreeParties.limits(CopyLimits.defaults()),
          pipeBytes());
  private final Liar liar = new Liar(lab.world.host("liar"));
  private final Party.Open to = lab.atDestination.open("to", Ops.BOTH);

  /** What the pipes to the destination's files take; 0 for no pipes. */
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
                          lab.world.host("liar").address(), CopyEndpoint.PORT)))))
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
  void anHonestSourceIsAskedAsTheUserWithFilehandleAndStateidAsTheyAre() {
    assertThat(count(copied())).isEqualTo(MIB);
    List<Liar.Asked> reads =
        liar.asked.stream()
            .filter(call -> call.what().argarray().getLast() instanceof NfsArgop4.Read)
            .toList();
    Credential user = new Credential.Sys(0, Opaque.ofUtf8("ferry"), 1000, 1000, List.of());
    Stateid4 shown = new Stateid4(0, NOTIFY.other());
    assertThat(reads.stream().map(Liar.Asked::who)).containsOnly(user);
    assertThat(reads.getLast().what().argarray().subList(1, 3))
        .containsExactly(Ops.putfh(FILE), new NfsArgop4.Read(new Read4Args(shown, 0, MIB)));
    assertThat(liar.operations().stream().map(NfsArgop4::argop).distinct())
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

  // I-026: which a client may have chosen in order to hear of this server
  @Test
  void aTargetHearsNothingOfThisServerThatAnotherClientWouldNotTell() {
    assertThat(count(copied())).isEqualTo(MIB);
    ExchangeId4Args introduction =
        liar.operations().stream()
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
  void aSourceOfMinorVersionOneIsReadAndOneOfVersionZeroIsNone() {
    liar.minorVersionMax = 1;
    liar.used = 0;
    assertThat(count(copied())).as("it has holes, and cannot be asked where").isEqualTo(MIB);
    assertThat(liar.operations().stream().noneMatch(NfsArgop4.Seek.class::isInstance)).isTrue();
    lab.world.run(ThreeParties.KEPT.plusSeconds(1));
    liar.minorVersionMax = 0;
    assertThat(status()).isEqualTo(UNABLE);
  }

  // I-020, B50
  @Test
  void whoAnswersRubbishBeforeThereIsASessionIsNoSource() {
    Random random = new Random(1);
    for (int bytes : new int[] {1, 4, 12, 100, 5000}) {
      byte[] rubbish = new byte[bytes];
      random.nextBytes(rubbish);
      liar.raw = call -> Opaque.of(rubbish);
      expectSoon(SET_UP, () -> assertThat(status()).isEqualTo(UNABLE));
    }
    expectNoLinks();
  }

  private void expectSoon(Duration time, Runnable body) {
    long start = lab.world.nanoTime();
    body.run();
    assertThat(Duration.ofNanos(lab.world.nanoTime() - start))
        .isLessThanOrEqualTo(time.plusMillis(10));
  }

  private void expectNoLinks() {
    assertThat(lab.destination.server.sourceCount()).isZero();
    lab.world.run(Duration.ofSeconds(30));
    assertThat(liar.connections()).isZero();
  }

  // I-017, B50
  @Test
  void whoFallsSilentAtAnyStepOfTheSetUpIsGivenUp() {
    for (String step :
        List.of("OP_EXCHANGE_ID", "OP_CREATE_SESSION", "OP_RECLAIM_COMPLETE", "OP_PUTROOTFH")) {
      liar.raw =
          call ->
              call.argarray().stream().anyMatch(each -> each.argop().name().equals(step))
                  ? Opaque.EMPTY
                  : null;
      expectSoon(SET_UP, () -> assertThat(status()).as(step).isEqualTo(UNABLE));
      expectNoLinks();
    }
    liar.raw = call -> call.argarray().getLast() instanceof NfsArgop4.Read ? Opaque.EMPTY : null;
    expectSoon(SET_UP, () -> assertThat(status()).isEqualTo(UNABLE));
    expectNoLinks();
  }

  // I-031: and for ever is too long
  @Test
  void delayIsWaitedOutAtAnyStep() {
    AtomicInteger left = new AtomicInteger(3);
    liar.script =
        operation ->
            operation instanceof NfsArgop4.Read && left.getAndDecrement() > 0
                ? Liar.read(Nfsstat4.NFS4ERR_DELAY)
                : null;
    assertThat(count(copied())).isEqualTo(MIB);
    left.set(Integer.MAX_VALUE);
    expectSoon(SET_UP, () -> assertThat(status()).isEqualTo(UNABLE));
  }

  /** Reads of data, and not the one of no bytes that asks whether one may. */
  private void reads(java.util.function.Function<Read4Args, NfsResop4> answer) {
    liar.script =
        operation ->
            operation instanceof NfsArgop4.Read(Read4Args args) && args.count() > 0
                ? answer.apply(args)
                : null;
  }

  private static boolean readsData(Compound4Args call) {
    return call.argarray().getLast() instanceof NfsArgop4.Read(Read4Args args) && args.count() > 0;
  }

  // I-030: every connection looks like a new beginning, and none is
  @Test
  void aSourceThatBreaksTheConnectionAtEachReadEndsTheCopy() {
    liar.breaksAt = HostileSourcesTest::readsData;
    expectSoon(Duration.ofSeconds(30), () -> assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO));
    assertThat(liar.broken).isBetween(3, 20);
  }

  // I-030, A-012
  @Test
  void soDoesACopyInTheBackground() {
    liar.breaksAt = HostileSourcesTest::readsData;
    Stateid4 stateid = ThreeParties.stateid(lab.atDestination.last(copy(false)));
    expectSoon(
        Duration.ofSeconds(30),
        () ->
            assertThat(lab.atDestination.callback())
                .isEqualTo(
                    new CbOffload4Args(
                        to.file(), stateid, new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_IO, 0))));
    assertThat(liar.broken).isBetween(3, 20);
    lab.world.run(Duration.ofMinutes(2));
    assertThat(liar.broken).isLessThanOrEqualTo(20);
  }

  // I-012, I-030
  @Test
  void whatTheSourceSaysToReadIsToldToTheClient() {
    for (Nfsstat4 refusal :
        List.of(
            Nfsstat4.NFS4ERR_BAD_STATEID,
            Nfsstat4.NFS4ERR_STALE,
            Nfsstat4.NFS4ERR_ACCESS,
            Nfsstat4.NFS4ERR_EXPIRED,
            Nfsstat4.NFS4ERR_PARTNER_NO_AUTH)) {
      liar.script = operation -> operation instanceof NfsArgop4.Read ? Liar.read(refusal) : null;
      assertThat(status()).as("at once").isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
      reads(args -> Liar.read(refusal));
      assertThat(status()).as("later").isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
    }
    reads(args -> Liar.read(Nfsstat4.NFS4ERR_IO));
    assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO);
    liar.script =
        operation ->
            operation instanceof NfsArgop4.Getattr
                ? new NfsResop4.Getattr(new Getattr4Res.Failed(Nfsstat4.NFS4ERR_STALE))
                : null;
    assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH);
  }

  // I-032, A-011, A-012
  @Test
  void aSourceThatRefusesAfterTheReplyIsToldOfByTheCallback() {
    reads(args -> Liar.read(Nfsstat4.NFS4ERR_BAD_STATEID));
    Stateid4 stateid = ThreeParties.stateid(lab.atDestination.last(copy(false)));
    assertThat(lab.atDestination.callback())
        .isEqualTo(
            new CbOffload4Args(
                to.file(), stateid, new OffloadInfo4.Failed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH, 0)));
    lab.world.run(Duration.ofSeconds(1));
    assertThat(lab.destination.server.hasNoCopies()).isTrue();
  }

  // I-030: more than was asked for, nothing for ever, an answer to another question
  @Test
  void readsThatMakeNoSenseEndTheCopy() {
    for (Consumer<HostileSourcesTest> lie :
        List.<Consumer<HostileSourcesTest>>of(
            test -> test.reads(args -> Liar.read((int) args.count() + 1, false)),
            test -> test.reads(args -> Liar.read(0, false)),
            test -> test.reads(args -> wrong()))) {
      lie.accept(this);
      assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO);
      assertThat(lab.destination.content("to")).isEmpty();
    }
  }

  private static NfsResop4 wrong() {
    return new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(true, 0)));
  }

  // I-029
  @Test
  void shortAnswersAreContinuedUntilTheEnd() {
    reads(args -> Liar.read((int) Math.min(args.count(), 100_000), false));
    assertThat(count(copied())).isEqualTo(MIB);
    liar.size = 1L << 40;
    liar.used = liar.size;
    reads(args ->
        args.offset() < 3 * MIB + 7
            ? Liar.read((int) Math.min(args.count(), 3 * MIB + 7 - args.offset()), false)
            : Liar.read(0, true));
    assertThat(count(copied())).as("it said a TiB").isEqualTo(3 * MIB + 7);
    assertThat(lab.destination.content("to")).hasSize(3 * MIB + 7);
  }

  // I-030
  @Test
  void aReadThatIsNeverAnsweredEndsTheCopyAtTheBytesBefore() {
    liar.size = 6 * MIB;
    liar.used = liar.size;
    liar.raw =
        call ->
            call.argarray().getLast() instanceof NfsArgop4.Read(Read4Args args)
                    && args.offset() == 2 * MIB
                ? Opaque.EMPTY
                : null;
    CompletableFuture<Results> answer = lab.atDestination.send(copy(true));
    expectSoon(
        Duration.ofMinutes(1),
        () ->
            assertThat(count(lab.atDestination.await(answer).results().getLast()))
                .isEqualTo(2 * MIB));
  }

  // I-033
  @Test
  void seeksThatMakeNoSenseAreNotAskedAgain() {
    liar.used = 0;
    for (SeekRes4 lie :
        List.of(
            new SeekRes4(false, 0), new SeekRes4(false, -5), new SeekRes4(false, Long.MAX_VALUE))) {
      liar.script =
          operation ->
              operation instanceof NfsArgop4.Seek ? new NfsResop4.Seek(new Seek4Res.Ok(lie)) : null;
      assertThat(count(copied())).as(lie.toString()).isEqualTo(MIB);
    }
    liar.script =
        operation ->
            operation instanceof NfsArgop4.Seek(Seek4Args args)
                ? new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP))
                : null;
    assertThat(count(copied())).isEqualTo(MIB);
  }

  // I-029, I-033: what is cut off while its holes are looked for was no hole
  @Test
  void aSourceThatBecomesShorterWhileItIsAskedForHolesMakesTheCopyShort() {
    for (boolean isTold : new boolean[] {false, true}) {
      liar.size = 4 * MIB;
      liar.used = 0;
      liar.script =
          operation -> {
            if (!(operation instanceof NfsArgop4.Seek)) {
              return null;
            }
            liar.size = MIB + 5;
            return new NfsResop4.Seek(
                isTold
                    ? new Seek4Res.Ok(new SeekRes4(true, 0))
                    : new Seek4Res.Failed(Nfsstat4.NFS4ERR_NXIO));
          };
      assertThat(count(copied())).isEqualTo(MIB + 5);
    }
  }

  // I-033, Z-005: while nothing can be written, because the data before them does not come
  @Test
  void aSourceThatTellsOfHolesWithoutEndIsNotAskedWithoutEnd() {
    liar.size = 1L << 40;
    liar.used = 0;
    liar.raw =
        call ->
            call.argarray().getLast() instanceof NfsArgop4.Read(Read4Args args) && args.count() > 0
                ? Opaque.EMPTY
                : null;
    liar.script =
        operation ->
            operation instanceof NfsArgop4.Seek(Seek4Args args)
                ? new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, hole(args))))
                : null;
    assertThat(status()).isEqualTo(Nfsstat4.NFS4ERR_IO);
    assertThat(liar.operations().stream().filter(NfsArgop4.Seek.class::isInstance))
        .hasSizeLessThan(300);
  }

  /** Some data, and then a hole of one byte in front of no data at all, again and again. */
  private static long hole(Seek4Args args) {
    boolean isData = args.what() == DataContent4.NFS4_CONTENT_DATA.value();
    if (args.offset() == 0) {
      return isData ? 0 : 10;
    }
    return args.offset() + (isData ? 1 : 0);
  }

  // I-033
  @Test
  void holesOfTheSourceStayHoles() throws StorageException {
    byte[] content = ThreeParties.random(100_000);
    long size = 40L * MIB + 3;
    lab.source.put("from", content, 20 * MIB + 5, size, 0644);
    ThreeParties.Announced from = lab.announce("from");
    assertThat(count(lab.atDestination.last(from.copy(to, true)))).isEqualTo(size);
    try (OpenFile file = lab.destination.open("to", OpenAccess.READ)) {
      assertThat(file.size()).isEqualTo(size);
      assertThat(file.attributes().spaceUsed()).isLessThan(MIB);
    }
    assertThat(lab.destination.content("to")).isEqualTo(lab.source.content("from"));
    lab.expectNothingHeld();
  }
}
