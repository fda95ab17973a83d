package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.nfs4.ReadPlusRes4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** READ_PLUS: RFC 7862 section 15.10, rules P-001 to P-003 of docs/conformance.md. */
class ReadPlusTest {
  private static final int KIB = 1024;
  private static final int ISLAND = 64 * KIB;
  private static final long SIZE = 10L * ISLAND;

  private final FileLab lab = new FileLab();
  private final byte[] data = new byte[ISLAND];

  /** A hole, data, a hole, data and a hole: 2, 1, 4, 1 and 2 islands. */
  private final NfsFh4 sparse = sparse(lab.volume, "sparse");

  private NfsFh4 sparse(Volume volume, String name) {
    new Random(1).nextBytes(data);
    NfsFh4 made = lab.file(volume, name, "");
    write(volume, name, 2L * ISLAND, data);
    write(volume, name, 7L * ISLAND, data);
    truncate(volume, name, SIZE);
    return made;
  }

  private interface Change {
    void to(OpenFile file) throws StorageException;
  }

  private static void change(Volume volume, String name, Change change) {
    Caller root = Caller.SUPERUSER;
    try (OpenFile file =
        volume.open(
            root,
            volume.lookup(root, volume.root(), Name.of(name)).handle(),
            OpenAccess.READ_WRITE)) {
      change.to(file);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private static void write(Volume volume, String name, long offset, byte[] bytes) {
    change(volume, name, file -> file.write(ByteBuffer.wrap(bytes), offset));
  }

  private static void truncate(Volume volume, String name, long size) {
    change(volume, name, file -> file.truncate(size));
  }

  private static NfsArgop4 readPlus(Stateid4 stateid, long offset, long count) {
    return new NfsArgop4.ReadPlus(new ReadPlus4Args(stateid, offset, count));
  }

  private static NfsArgop4 readPlus(long offset, long count) {
    return readPlus(Stateids.ANONYMOUS, offset, count);
  }

  private static NfsResop4 ok(boolean eof, ReadPlusContent... segments) {
    return new NfsResop4.ReadPlus(new ReadPlus4Res.Ok(new ReadPlusRes4(eof, List.of(segments))));
  }

  private static NfsResop4 failed(Nfsstat4 status) {
    return new NfsResop4.ReadPlus(new ReadPlus4Res.Failed(status));
  }

  private static ReadPlusContent hole(long offset, long length) {
    return new ReadPlusContent.Hole(new DataInfo4(offset, length));
  }

  private static ReadPlusContent data(long offset, byte[] bytes, int from, int length) {
    return new ReadPlusContent.Data(
        new Data4(offset, new BufferPayload(ByteBuffer.wrap(bytes, from, length))));
  }

  private static ReadPlusContent text(long offset, String text) {
    return new ReadPlusContent.Data(new Data4(offset, Ops.payload(text)));
  }

  // P-001
  @Test
  void dataAndHolesAreReturnedInOrderWithoutGaps() {
    assertThat(lab.last(putfh(sparse), readPlus(0, SIZE)))
        .isEqualTo(
            ok(
                true,
                hole(0, 2L * ISLAND),
                data(2L * ISLAND, data, 0, ISLAND),
                hole(3L * ISLAND, 4L * ISLAND),
                data(7L * ISLAND, data, 0, ISLAND),
                hole(8L * ISLAND, 2L * ISLAND)));
  }

  // P-001: data is limited to the requested count; a hole extends from the offset to its end
  @Test
  void holeIsReportedToItsEndAndDataIsLimitedToTheCount() {
    assertThat(lab.last(putfh(sparse), readPlus(5, 100))).isEqualTo(ok(false, hole(5, 131_067)));
    assertThat(lab.last(putfh(sparse), readPlus(ISLAND, ISLAND + 100)))
        .isEqualTo(ok(false, hole(ISLAND, ISLAND), data(2L * ISLAND, data, 0, 100)));
    assertThat(lab.last(putfh(sparse), readPlus(3L * ISLAND - 100, 8_000)))
        .isEqualTo(
            ok(
                false,
                data(3L * ISLAND - 100, data, ISLAND - 100, 100),
                hole(3L * ISLAND, 4L * ISLAND)));
    assertThat(lab.last(putfh(sparse), readPlus(9L * ISLAND, 50)))
        .as("the file continues after the requested range")
        .isEqualTo(ok(false, hole(9L * ISLAND, ISLAND)));
    assertThat(lab.last(putfh(sparse), readPlus(9L * ISLAND, ISLAND)))
        .isEqualTo(ok(true, hole(9L * ISLAND, ISLAND)));
  }

  // P-001: no reply is larger than one with data alone and one segment
  @Test
  void shortPartOfAHoleIsSentAsZeros() {
    byte[] expected = new byte[100 + 4_095];
    System.arraycopy(data, ISLAND - 100, expected, 0, 100);
    assertThat(lab.last(putfh(sparse), readPlus(3L * ISLAND - 100, expected.length)))
        .isEqualTo(ok(false, data(3L * ISLAND - 100, expected, 0, expected.length)));
  }

  // P-001, P-002: eof as in READ
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0123456789, true",
    "0, 9, 012345678, false",
    "3, 4, 3456, false",
    "8, 100, 89, true",
    "10, 1, '', true",
    "11, 1, '', true",
    "10, 0, '', true",
    "0, 0, '', false",
    "-1, 5, '', true"
  })
  void fileWithoutHolesReadsAsWithRead(long offset, long count, String bytes, boolean eof) {
    NfsFh4 file = lab.file("file", "0123456789");
    ReadPlusContent[] expected =
        bytes.isEmpty() ? new ReadPlusContent[0] : new ReadPlusContent[] {text(offset, bytes)};
    assertThat(lab.last(putfh(file), readPlus(offset, count))).isEqualTo(ok(eof, expected));
  }

  // P-002
  @Test
  void readPlusBeyondTheEndReturnsEofWithoutContents() {
    assertThat(lab.last(putfh(sparse), readPlus(SIZE, 1))).isEqualTo(ok(true));
    assertThat(lab.last(putfh(sparse), readPlus(SIZE + 1, 1))).isEqualTo(ok(true));
    assertThat(lab.last(putfh(lab.file("empty", "")), readPlus(0, 0))).isEqualTo(ok(true));
  }

  // P-003
  @Test
  void readPlusOfAnObjectOtherThanARegularFileFails() {
    assertThat(lab.last(putrootfh(), readPlus(0, 1))).isEqualTo(failed(Nfsstat4.NFS4ERR_ISDIR));
    NfsFh4 link = made(new Createtype4.Lnk(Opaque.ofUtf8("x")), "link");
    assertThat(lab.last(putfh(link), readPlus(0, 1))).isEqualTo(failed(Nfsstat4.NFS4ERR_SYMLINK));
    NfsFh4 fifo = made(new Createtype4.Fifo(), "fifo");
    assertThat(lab.last(putfh(fifo), readPlus(0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_WRONG_TYPE));
    assertThat(lab.last(readPlus(0, 1))).isEqualTo(failed(Nfsstat4.NFS4ERR_NOFILEHANDLE));
  }

  private NfsFh4 made(Createtype4 type, String name) {
    return Ops.filehandle(
        lab.run(putrootfh(), Ops.create(type, name, AttrValues.EMPTY), Ops.getfh()));
  }

  // P-001
  @Test
  void stateidsAreCheckedAsForRead() {
    NfsFh4 file = lab.file("file", "0123456789");
    Stateid4 open = lab.open(file, "reader", READ);
    NfsResop4 first = ok(false, text(0, "0"));
    assertThat(lab.last(putfh(file), readPlus(open, 0, 1))).isEqualTo(first);
    Stateid4 anySeqid = new Stateid4(0, open.other());
    assertThat(lab.last(putfh(file), readPlus(anySeqid, 0, 1))).isEqualTo(first);
    Stateid4 future = new Stateid4(open.seqid() + 1, open.other());
    assertThat(lab.last(putfh(file), readPlus(future, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.last(putfh(sparse), readPlus(open, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(
            lab.last(
                putfh(file), Ops.openCurrent("current", READ, 0), readPlus(Stateids.CURRENT, 0, 1)))
        .isEqualTo(first);
  }

  // P-001
  @Test
  void denyOfAnotherOwnerFailsTheAnonymousStateidButNotTheBypass() {
    NfsFh4 file = lab.file("file", "0123456789");
    Stateid4 writer = lab.open(file, "denier", WRITE, READ);
    assertThat(lab.last(putfh(file), readPlus(writer, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_OPENMODE));
    assertThat(lab.last(putfh(file), readPlus(0, 1))).isEqualTo(failed(Nfsstat4.NFS4ERR_LOCKED));
    assertThat(lab.last(putfh(file), readPlus(Stateids.READ_BYPASS, 0, 1)))
        .isEqualTo(ok(false, text(0, "0")));
  }

  // P-001: a file with many holes is returned in few segments and one reply
  @Test
  void manyHolesMakeAtMostSixteenSegments() {
    NfsFh4 file = lab.file("comb", "");
    byte[] tooth = "x".repeat(4 * KIB).getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[800 * KIB];
    for (int at = 0; at < all.length; at += 8 * KIB) {
      write(lab.volume, "comb", at, tooth);
      System.arraycopy(tooth, 0, all, at, tooth.length);
    }
    truncate(lab.volume, "comb", all.length);
    NfsResop4 result = lab.last(putfh(file), readPlus(0, all.length));
    List<ReadPlusContent> segments =
        ((ReadPlus4Res.Ok) ((NfsResop4.ReadPlus) result).res()).value().contents();
    List<ReadPlusContent> expected = new ArrayList<>();
    for (long at = 0; at < 7 * 8 * KIB; at += 8 * KIB) {
      expected.add(data(at, tooth, 0, tooth.length));
      expected.add(hole(at + 4 * KIB, 4 * KIB));
    }
    int rest = 7 * 8 * KIB;
    expected.add(data(rest, all, rest, all.length - rest));
    assertThat(segments).isEqualTo(expected);
    assertThat(result).isEqualTo(ok(true, expected.toArray(ReadPlusContent[]::new)));
    XdrWriter reply = new XdrWriter();
    result.encode(reply);
    assertThat(reply.size()).as("not larger than data alone").isLessThan(all.length);
  }

  // P-001
  @Test
  void countBeyondTheServersMaximumIsCutWithoutEof() {
    byte[] large = new byte[(1 << 20) + 100];
    new Random(2).nextBytes(large);
    NfsFh4 file = lab.file("large", "");
    write(lab.volume, "large", 0, large);
    assertThat(lab.last(putfh(file), readPlus(0, 0xffff_ffffL)))
        .isEqualTo(ok(false, data(0, large, 0, 1 << 20)));
    assertThat(lab.last(putfh(file), readPlus(1 << 20, 0xffff_ffffL)))
        .isEqualTo(ok(true, data(1 << 20, large, 1 << 20, 100)));
  }

  // P-001, RFC 8881 section 2.10.6.4
  @Test
  void replyIsCutToTheAvailableSpaceAndFailsWithoutAny() {
    TestServer server =
        TestServer.serving(
            ServerLimits.defaults(), CopyRules.LINUX, new LinkedHashMap<>(Map.of("/", lab.volume)));
    Set<Nfsstat4> statuses = EnumSet.noneOf(Nfsstat4.class);
    for (int cachedBytes = 100; cachedBytes < 400; cachedBytes += 2) {
      RawClient client = server.client("small " + cachedBytes).as(RawClient.user(1000));
      client.mount(RawClient.channel(1 << 16, cachedBytes, 8, 1));
      Compound4Res res =
          client.compound(
              RawClient.in(
                  client.sequence(0, 2, true), putfh(sparse), readPlus(ISLAND, 2L * ISLAND)));
      statuses.add(res.status());
      if (res.resarray().getLast() instanceof NfsResop4.ReadPlus(ReadPlus4Res.Ok(var ok))) {
        assertThat(ok.eof()).isFalse();
        assertThat(ok.contents()).isNotEmpty().startsWith(hole(ISLAND, ISLAND));
      }
    }
    assertThat(statuses)
        .containsExactlyInAnyOrder(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE);
  }

  // P-001: a volume that cannot report holes returns data only
  @Test
  void volumeWithoutHolesReturnsDataOnly() {
    MemoryVolume dense =
        MemoryVolume.builder("dense", InstantSource.system())
            .rootMode(0777)
            .without(Feature.HOLES)
            .build();
    FileLab other = new FileLab(CopyRules.LINUX, dense);
    NfsFh4 file = other.file("file", "x");
    truncate(dense, "file", 20_000);
    byte[] expected = new byte[20_000];
    expected[0] = 'x';
    assertThat(other.last(putfh(file), readPlus(0, 20_000)))
        .isEqualTo(ok(true, data(0, expected, 0, expected.length)));
  }

  // P-001
  @Test
  void longRunOfDataIsSoughtOnceUntilTheFileChanges() {
    FaultPlan plan = new FaultPlan();
    FileLab other = new FileLab(CopyRules.LINUX, new FaultyVolume(FileLab.memory("faulty"), plan));
    NfsFh4 file = other.file("file", "");
    byte[] run = new byte[4 << 20];
    new Random(5).nextBytes(run);
    write(other.volume, "file", 0, run);
    truncate(other.volume, "file", 8 << 20);
    for (int at = 0; at < run.length; at += 1 << 19) {
      assertThat(other.last(putfh(file), readPlus(at, 1 << 19)))
          .isEqualTo(ok(false, data(at, run, at, 1 << 19)));
    }
    assertThat(plan.calls(Operation.SEEK)).isEqualTo(1);
    change(other.volume, "file", opened -> opened.deallocate(1 << 19, 1 << 19));
    assertThat(other.last(putfh(file), readPlus(0, 1 << 20)))
        .isEqualTo(ok(false, data(0, run, 0, 1 << 19), hole(1 << 19, 1 << 19)));
  }

  // P-001
  @Test
  void fileTruncatedWhileItsHolesAreSoughtEndsEarlier() {
    FaultPlan plan = new FaultPlan();
    FileLab other = new FileLab(CopyRules.LINUX, new FaultyVolume(FileLab.memory("faulty"), plan));
    NfsFh4 file = other.file("file", "0123456789");
    truncate(other.volume, "file", 10_000);
    plan.on(Operation.READ, 1, () -> truncate(other.volume, "file", 5));
    assertThat(other.last(putfh(file), readPlus(0, 4_096))).isEqualTo(ok(true, text(0, "01234")));
  }

  // P-001
  @Test
  void failedReadOfTheDiskFailsReadPlusAndKeepsNoFileOpen() {
    FaultPlan plan = new FaultPlan();
    MemoryVolume memory = FileLab.memory("faulty");
    FileLab other = new FileLab(CopyRules.LINUX, new FaultyVolume(memory, plan));
    NfsFh4 file = other.file("file", "0123456789");
    plan.failAll(Operation.READ, Status.IO);
    assertThat(other.last(putfh(file), readPlus(0, 10))).isEqualTo(failed(Nfsstat4.NFS4ERR_IO));
    assertThat(memory.openFileCount()).isZero();
  }
}
