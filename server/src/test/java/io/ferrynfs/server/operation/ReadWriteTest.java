package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.commit;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.read;
import static io.ferrynfs.server.testing.Ops.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** READ, WRITE, COMMIT and SETATTR: RFC 8881 sections 18.3, 18.22, 18.30 and 18.32. */
class ReadWriteTest {
  private final FileLab lab = new FileLab();
  private final NfsFh4 file = lab.file("file", "0123456789");

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0123456789, true",
    "0, 9, 012345678, false",
    "3, 4, 3456, false",
    "8, 100, 89, true",
    "10, 1, '', true",
    "11, 1, '', true",
    "0, 0, '', false",
    "-1, 5, '', true"
  })
  void readReturnsTheAvailableBytesAndEof(long offset, long count, String data, boolean eof) {
    assertThat(lab.last(putfh(file), read(Stateids.ANONYMOUS, offset, count)))
        .isEqualTo(data(eof, data));
  }

  // RFC 8881 section 2.10.6.4
  @Test
  void readWithoutSpaceInTheReplyFailsInsteadOfReturningNothing() {
    SequencedMap<String, Volume> volumes = new LinkedHashMap<>(Map.of("/", lab.volume));
    TestServer server = TestServer.serving(ServerLimits.defaults(), CopyRules.LINUX, volumes);
    Set<Nfsstat4> statuses = EnumSet.noneOf(Nfsstat4.class);
    for (int cachedBytes = 100; cachedBytes < 200; cachedBytes += 2) {
      RawClient client = server.client("small " + cachedBytes).as(RawClient.user(1000));
      client.mount(RawClient.channel(1 << 16, cachedBytes, 8, 1));
      Compound4Res res =
          client.compound(
              RawClient.in(
                  client.sequence(0, 2, true), putfh(file), read(Stateids.ANONYMOUS, 0, 5)));
      statuses.add(res.status());
      if (res.resarray().getLast() instanceof NfsResop4.Read(Read4Res.Ok(var ok))) {
        assertThat(ok.data().length()).as("%d bytes", cachedBytes).isPositive();
      }
    }
    assertThat(statuses)
        .containsExactlyInAnyOrder(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE);
  }

  @Test
  void readOfAnEmptyFileReturnsEof() {
    assertThat(lab.last(putfh(lab.file("empty", "")), read(Stateids.ANONYMOUS, 0, 0)))
        .isEqualTo(data(true, ""));
  }

  @Test
  void largeReadIsSentFromTheFileUpToTheServersMaximum() {
    String text = "abcdefghij".repeat(150_000);
    NfsFh4 large = lab.file("large", text);
    assertThat(lab.last(putfh(large), read(Stateids.ANONYMOUS, 5, 1_000_000)))
        .isEqualTo(data(false, text.substring(5, 1_000_005)));
    assertThat(lab.last(putfh(large), read(Stateids.ANONYMOUS, 0, 0xffff_ffffL)))
        .isEqualTo(data(false, text.substring(0, 1 << 20)));
    assertThat(lab.last(putfh(large), read(Stateids.ANONYMOUS, 1_400_000, 1 << 20)))
        .isEqualTo(data(true, text.substring(1_400_000)));
  }

  @Test
  void specialStateidsForReadingRead() {
    assertThat(lab.last(putfh(file), read(Stateids.READ_BYPASS, 0, 1))).isEqualTo(data(false, "0"));
    lab.open(file, "o", WRITE, READ);
    assertThat(lab.status(putfh(file), read(Stateids.ANONYMOUS, 0, 1)))
        .isEqualTo(Nfsstat4.NFS4ERR_LOCKED);
    assertThat(lab.last(putfh(file), read(Stateids.READ_BYPASS, 0, 1))).isEqualTo(data(false, "0"));
  }

  @Test
  void currentStateidReads() {
    assertThat(lab.last(putfh(file), Ops.openCurrent("o", READ, 0), read(Stateids.CURRENT, 0, 2)))
        .isEqualTo(data(false, "01"));
    assertThat(lab.status(putfh(file), read(Stateids.CURRENT, 0, 2)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void directoryIsNotReadOrWritten() {
    assertThat(lab.status(putrootfh(), read(Stateids.ANONYMOUS, 0, 1)))
        .isEqualTo(Nfsstat4.NFS4ERR_ISDIR);
    assertThat(lab.status(putrootfh(), write(Stateids.ANONYMOUS, 0, StableHow4.UNSTABLE4, "x")))
        .isEqualTo(Nfsstat4.NFS4ERR_ISDIR);
    assertThat(lab.status(putrootfh(), commit())).isEqualTo(Nfsstat4.NFS4ERR_ISDIR);
  }

  @ParameterizedTest
  @EnumSource
  void writeIsAsStableAsRequested(StableHow4 stable) {
    Stateid4 stateid = lab.open(file, "o", WRITE);
    assertThat(lab.last(putfh(file), write(stateid, 8, stable, "abcd")))
        .isEqualTo(
            new NfsResop4.Write(
                new Write4Res.Ok(new Write4Resok(4, stable, lab.writeVerifier.current()))));
    assertThat(lab.content("file")).isEqualTo("01234567abcd");
  }

  @Test
  void writeOfZeroBytesChangesNothing() {
    assertThat(lab.last(putfh(file), write(Stateids.ANONYMOUS, 99, StableHow4.UNSTABLE4, "")))
        .isEqualTo(
            new NfsResop4.Write(
                new Write4Res.Ok(
                    new Write4Resok(0, StableHow4.UNSTABLE4, lab.writeVerifier.current()))));
    assertThat(lab.content("file")).isEqualTo("0123456789");
  }

  @ParameterizedTest
  @CsvSource({"-1", "9223372036854775807"})
  void writeBeyondTheMaximumFileSizeReturnsFbig(long offset) {
    assertThat(lab.last(putfh(file), write(Stateids.ANONYMOUS, offset, StableHow4.UNSTABLE4, "x")))
        .isEqualTo(new NfsResop4.Write(new Write4Res.Failed(Nfsstat4.NFS4ERR_FBIG)));
  }

  @Test
  void openForReadingDoesNotPermitAWrite() {
    Stateid4 stateid = lab.open(file, "o", READ);
    assertThat(lab.last(putfh(file), write(stateid, 0, StableHow4.UNSTABLE4, "x")))
        .isEqualTo(new NfsResop4.Write(new Write4Res.Failed(Nfsstat4.NFS4ERR_OPENMODE)));
  }

  @Test
  void userWithoutPermissionCannotWriteWithTheAnonymousStateid() {
    lab.user(4711);
    assertThat(lab.status(putfh(file), write(Stateids.ANONYMOUS, 0, StableHow4.UNSTABLE4, "x")))
        .isEqualTo(Nfsstat4.NFS4ERR_ACCESS);
  }

  @Test
  void commitReturnsTheVerifierOfTheWrites() {
    assertThat(lab.last(putfh(file), commit()))
        .isEqualTo(
            new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(lab.writeVerifier.current()))));
  }

  @Test
  void sizeIsSetByTheRulesOfAWrite() {
    AttrValues three = AttrValues.builder().put(Attrs.SIZE, 3L).build();
    assertThat(lab.last(putfh(file), Ops.setattr(lab.open(file, "o", READ), three)))
        .isEqualTo(set(Nfsstat4.NFS4ERR_OPENMODE, Bitmap4.EMPTY));
    assertThat(lab.last(putfh(file), Ops.setattr(Stateids.ANONYMOUS, three)))
        .isEqualTo(set(Nfsstat4.NFS4_OK, three.mask()));
    assertThat(lab.content("file")).isEqualTo("012");
    AttrValues six = AttrValues.builder().put(Attrs.SIZE, 6L).build();
    assertThat(lab.last(putfh(file), Ops.setattr(lab.open(file, "o", WRITE), six)))
        .isEqualTo(set(Nfsstat4.NFS4_OK, six.mask()));
    assertThat(lab.content("file")).isEqualTo("012\0\0\0");
  }

  @Test
  void openForWritingPermitsASizeChangeWhateverTheMode() {
    Stateid4 stateid = lab.open(file, "o", WRITE);
    AttrValues none = AttrValues.builder().put(Attrs.MODE, 0L).build();
    assertThat(lab.status(putfh(file), Ops.setattr(Stateids.ANONYMOUS, none)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    AttrValues empty = AttrValues.builder().put(Attrs.SIZE, 0L).build();
    assertThat(lab.last(putfh(file), Ops.setattr(stateid, empty)))
        .isEqualTo(set(Nfsstat4.NFS4_OK, empty.mask()));
    assertThat(lab.last(putfh(file), Ops.setattr(Stateids.ANONYMOUS, empty)))
        .isEqualTo(set(Nfsstat4.NFS4ERR_ACCESS, Bitmap4.EMPTY));
  }

  @Test
  void anotherUserCannotSetAttributes() {
    lab.user(4711);
    AttrValues mode = AttrValues.builder().put(Attrs.MODE, 0777L).build();
    assertThat(lab.last(putfh(file), Ops.setattr(Stateids.ANONYMOUS, mode)))
        .isEqualTo(set(Nfsstat4.NFS4ERR_PERM, Bitmap4.EMPTY));
  }

  @Test
  void operationWithoutAFilehandleReturnsNofilehandle() {
    for (NfsArgop4 operation :
        new NfsArgop4[] {
          read(Stateids.ANONYMOUS, 0, 1),
          write(Stateids.ANONYMOUS, 0, StableHow4.UNSTABLE4, "x"),
          commit(),
          Ops.getattr(Attrs.SIZE),
          Ops.setattr(Stateids.ANONYMOUS, AttrValues.EMPTY),
          Ops.access(1),
          Ops.lookup("x"),
          Ops.remove("x"),
          Ops.link("x"),
          Ops.rename("x", "y"),
          Ops.openByName("o", READ, 0, "x"),
          Ops.close(Stateids.ANONYMOUS)
        }) {
      assertThat(lab.status(operation)).isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    }
  }

  private static NfsResop4 data(boolean eof, String text) {
    return new NfsResop4.Read(new Read4Res.Ok(new Read4Resok(eof, Ops.payload(text))));
  }

  private static NfsResop4 set(Nfsstat4 status, Bitmap4 attributes) {
    return new NfsResop4.Setattr(new Setattr4Res(status, attributes));
  }
}
