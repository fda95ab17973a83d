package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.readdir;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Entry4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** READDIR: RFC 8881 section 18.23. */
class ReaddirTest {
  private static final Verifier4 START = new Verifier4(Opaque.of(new byte[8]));

  private final FileLab lab = new FileLab();

  @Test
  void emptyDirectoryReturnsEof() {
    Readdir4Resok page = ok(lab.last(putrootfh(), readdir(0, START, 0, 4096)));
    assertThat(page.reply().entries()).isEmpty();
    assertThat(page.reply().eof()).isTrue();
  }

  @Test
  void everyEntryHasTheRequestedAttributes() throws Exception {
    lab.file("a", "12345");
    Readdir4Resok page =
        ok(lab.last(putrootfh(), readdir(0, START, 0, 4096, Attrs.SIZE, Attrs.RDATTR_ERROR)));
    Entry4 entry = page.reply().entries().getFirst();
    assertThat(page.reply().entries())
        .containsExactly(
            new Entry4(
                entry.cookie(),
                Opaque.ofUtf8("a"),
                AttrValues.builder()
                    .put(Attrs.SIZE, 5L)
                    .put(Attrs.RDATTR_ERROR, Nfsstat4.NFS4_OK)
                    .build()
                    .encode()));
    assertThat(entry.cookie()).isGreaterThan(2);
  }

  @Test
  void directoryOfAHundredThousandEntriesIsListedCompletely() throws StorageException {
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      Name name = Name.of("entry-" + i);
      lab.volume.makeSymlink(
          FileLab.OWNER, lab.volume.root(), name, new byte[] {'x'}, AttributeChanges.NONE);
      expected.add(name.toString());
    }
    List<String> seen = new ArrayList<>();
    Verifier4 verifier = START;
    long cookie = 0;
    boolean end = false;
    while (!end) {
      Readdir4Resok page =
          ok(lab.last(putrootfh(), readdir(cookie, verifier, 32_768, 65_536, Attrs.FILEID)));
      assertThat(encodedBytes(page)).isLessThanOrEqualTo(65_536);
      page.reply().entries().forEach(entry -> seen.add(entry.name().utf8()));
      cookie = page.reply().entries().getLast().cookie();
      verifier = page.cookieverf();
      end = page.reply().eof();
    }
    assertThat(seen).hasSize(100_000);
    assertThat(new HashSet<>(seen)).isEqualTo(expected);
  }

  @Test
  void pageIsNeverLongerThanMaxcountAndFillsIt() {
    for (int i = 0; i < 50; i++) {
      lab.file("name-of-some-length-" + i, "");
    }
    for (int maxcount = 200; maxcount < 1000; maxcount += 37) {
      Readdir4Resok page =
          ok(lab.last(putrootfh(), readdir(0, START, 0, maxcount, Attrs.FILEID, Attrs.TYPE)));
      assertThat(encodedBytes(page)).isBetween(maxcount - 80, maxcount);
    }
  }

  @Test
  void maxcountWithoutSpaceForOneEntryReturnsToosmall() {
    lab.file("a", "");
    for (long maxcount : new long[] {0, 15, 16, 40}) {
      assertThat(lab.last(putrootfh(), readdir(0, START, 0, maxcount, Attrs.FILEID)))
          .isEqualTo(failed(Nfsstat4.NFS4ERR_TOOSMALL));
    }
  }

  @Test
  void dircountIsAHintThatNeverExcludesTheFirstEntry() {
    lab.file("a", "");
    lab.file("b", "");
    assertThat(ok(lab.last(putrootfh(), readdir(0, START, 1, 4096))).reply().entries()).hasSize(1);
    assertThat(ok(lab.last(putrootfh(), readdir(0, START, 32, 4096))).reply().entries()).hasSize(2);
  }

  @Test
  void listingContinuesAfterItsLastEntryWasRemoved() throws StorageException {
    lab.file("a", "");
    lab.file("b", "");
    lab.file("c", "");
    Readdir4Resok first = ok(lab.last(putrootfh(), readdir(0, START, 1, 4096)));
    Entry4 entry = first.reply().entries().getFirst();
    lab.volume.remove(
        FileLab.OWNER, lab.volume.root(), Name.of(entry.name().toByteArray()), RemoveKind.ANY);
    Readdir4Resok rest =
        ok(lab.last(putrootfh(), readdir(entry.cookie(), first.cookieverf(), 0, 4096)));
    assertThat(rest.reply().entries()).hasSize(2);
    assertThat(rest.reply().eof()).isTrue();
  }

  @Test
  void reservedCookiesReturnBadCookie() {
    assertThat(lab.last(putrootfh(), readdir(1, START, 0, 4096)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_BAD_COOKIE));
    assertThat(lab.last(putrootfh(), readdir(2, START, 0, 4096)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_BAD_COOKIE));
  }

  @Test
  void cookieWithTheVerifierOfAnotherListingReturnsNotSame() {
    lab.file("a", "");
    lab.file("b", "");
    Readdir4Resok first = ok(lab.last(putrootfh(), readdir(0, START, 1, 4096)));
    long cookie = first.reply().entries().getFirst().cookie();
    Verifier4 other = new Verifier4(Opaque.ofHex("ffeeddccbbaa9988"));
    assertThat(lab.last(putrootfh(), readdir(cookie, other, 0, 4096)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NOT_SAME));
  }

  @Test
  void readdirOfAFileReturnsNotdirAndOfWriteOnlyAttributesInval() {
    assertThat(lab.last(putfh(lab.file("a", "")), readdir(0, START, 0, 4096)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NOTDIR));
    assertThat(lab.last(putrootfh(), readdir(0, START, 0, 4096, Attrs.TIME_MODIFY_SET)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
  }

  @Test
  void pseudoRootListsAnExportWithItsFileidsInsideAndOutside() throws XdrException {
    FileLab two = new FileLab(CopyRules.LINUX, FileLab.memory("one"), FileLab.memory("two"));
    NfsArgop4 list = readdir(0, START, 0, 4096, Attrs.FSID, Attrs.FILEID, Attrs.MOUNTED_ON_FILEID);
    Readdir4Resok page = ok(two.last(putrootfh(), list));
    assertThat(page.reply().entries()).hasSize(2);
    Set<Object> fsids = new HashSet<>();
    for (Entry4 entry : page.reply().entries()) {
      AttrValues values = AttrValues.decode(entry.attrs());
      fsids.add(values.get(Attrs.FSID));
      assertThat(values.get(Attrs.MOUNTED_ON_FILEID)).isNotEqualTo(values.get(Attrs.FILEID));
    }
    assertThat(fsids).hasSize(2);
  }

  // RFC 8881 section 5.8.1.12
  @Test
  void unreadableEntryIsListedWithItsErrorAndFileid() throws Exception {
    FaultPlan plan = new FaultPlan();
    FileLab faulty = new FileLab(CopyRules.LINUX, new FaultyVolume(FileLab.memory("data"), plan));
    faulty.file("a", "");
    faulty.file("b", "");
    NfsArgop4 list =
        readdir(0, START, 0, 4096, Attrs.SIZE, Attrs.RDATTR_ERROR, Attrs.MOUNTED_ON_FILEID);
    long fileid = mountedOn(ok(faulty.last(putrootfh(), list)).reply().entries().getFirst());
    plan.fail(Operation.ENTRY, 1, Status.ACCESS);
    Readdir4Resok page = ok(faulty.last(putrootfh(), list));
    assertThat(page.reply().entries()).hasSize(2);
    assertThat(page.reply().eof()).isTrue();
    assertThat(page.reply().entries().getFirst().attrs())
        .isEqualTo(
            AttrValues.builder()
                .put(Attrs.RDATTR_ERROR, Nfsstat4.NFS4ERR_ACCESS)
                .put(Attrs.MOUNTED_ON_FILEID, fileid)
                .build()
                .encode());
  }

  // RFC 8881 section 5.8.1.12
  @Test
  void unreadableEntryIsListedWithItsFileidWhenNothingElseIsRequested() throws Exception {
    FaultPlan plan = new FaultPlan().failAll(Operation.ENTRY, Status.ACCESS);
    FileLab faulty = new FileLab(CopyRules.LINUX, new FaultyVolume(FileLab.memory("data"), plan));
    faulty.file("a", "");
    NfsArgop4 numbers = readdir(0, START, 0, 4096, Attrs.MOUNTED_ON_FILEID);
    Readdir4Resok page = ok(faulty.last(putrootfh(), numbers));
    assertThat(mountedOn(page.reply().entries().getFirst())).isPositive();
    assertThat(faulty.last(putrootfh(), readdir(0, START, 0, 4096, Attrs.SIZE)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_ACCESS));
  }

  private static long mountedOn(Entry4 entry) throws XdrException {
    return Objects.requireNonNull(AttrValues.decode(entry.attrs()).get(Attrs.MOUNTED_ON_FILEID));
  }

  private static int encodedBytes(Readdir4Resok page) {
    XdrWriter out = new XdrWriter();
    page.encode(out);
    return out.size();
  }

  private static Readdir4Resok ok(NfsResop4 result) {
    return ((Readdir4Res.Ok) ((NfsResop4.Readdir) result).res()).value();
  }

  private static NfsResop4 failed(Nfsstat4 status) {
    return new NfsResop4.Readdir(new Readdir4Res.Failed(status));
  }
}
