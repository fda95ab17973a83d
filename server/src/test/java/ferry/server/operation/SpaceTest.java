package ferry.server.operation;

import static ferry.server.testing.Ops.putfh;
import static ferry.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.server.state.Stateids;
import ferry.wire.nfs4.Allocate4Args;
import ferry.wire.nfs4.Clone4Args;
import ferry.wire.nfs4.Clone4Res;
import ferry.wire.nfs4.DataContent4;
import ferry.wire.nfs4.Deallocate4Args;
import ferry.wire.nfs4.Getxattr4Args;
import ferry.wire.nfs4.Getxattr4Res;
import ferry.wire.nfs4.Listxattrs4Args;
import ferry.wire.nfs4.Listxattrs4Res;
import ferry.wire.nfs4.Listxattrs4Resok;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Removexattr4Args;
import ferry.wire.nfs4.Seek4Args;
import ferry.wire.nfs4.Seek4Res;
import ferry.wire.nfs4.SeekRes4;
import ferry.wire.nfs4.Setxattr4Args;
import ferry.wire.nfs4.SetxattrOption4;
import ferry.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 7862 sections 15.1, 15.4, 15.11, 15.13 and RFC 8276 section 8.4. */
class SpaceTest {
  private final FileLab lab = new FileLab();
  private final int block = lab.volume.limits().cloneBlockBytes();
  private final NfsFh4 file = lab.file("file", "x".repeat(4 * block));

  // L-001, L-003, L-007
  @Test
  void aCloneOfAWholeFileIsEqual() {
    NfsFh4 target = lab.file("target", "");
    assertThat(lab.last(putfh(file), savefh(), putfh(target), cloned(0, 0, 0)))
        .isEqualTo(new NfsResop4.Clone(new Clone4Res(Nfsstat4.NFS4_OK)));
    assertThat(lab.content("target")).isEqualTo(lab.content("file"));
  }

  // L-004, L-005, L-006
  @Test
  void aCloneThatCannotBeIsInvalid() {
    NfsFh4 target = lab.file("target", "");
    assertThat(lab.status(putfh(file), savefh(), putfh(target), cloned(1, 0, block)))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(lab.status(putfh(file), savefh(), putfh(target), cloned(0, 0, 5L * block)))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(lab.status(putfh(file), savefh(), putfh(file), cloned(0, block, 2L * block)))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(lab.status(putfh(file), savefh(), putfh(file), cloned(0, 4L * block, block)))
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  // P-004, P-006, P-007
  @Test
  void aHoleIsMadeAndFound() {
    NfsArgop4 punch =
        new NfsArgop4.Deallocate(new Deallocate4Args(Stateids.ANONYMOUS, block, block));
    assertThat(lab.status(putfh(file), punch)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.last(putfh(file), seek(0, DataContent4.NFS4_CONTENT_HOLE)))
        .isEqualTo(found(false, block));
    assertThat(lab.last(putfh(file), seek(block, DataContent4.NFS4_CONTENT_DATA)))
        .isEqualTo(found(false, 2L * block));
    assertThat(lab.last(putfh(file), seek(2L * block, DataContent4.NFS4_CONTENT_HOLE)))
        .isEqualTo(found(true, 4L * block));
    assertThat(lab.status(putfh(file), seek(4L * block, DataContent4.NFS4_CONTENT_DATA)))
        .isEqualTo(Nfsstat4.NFS4ERR_NXIO);
    NfsArgop4 reserve =
        new NfsArgop4.Allocate(new Allocate4Args(Stateids.ANONYMOUS, 4L * block, block));
    assertThat(lab.status(putfh(file), reserve)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.content("file")).hasSize(5 * block);
  }

  @Test
  void anExtendedAttributeIsSetReadListedAndRemoved() {
    assertThat(lab.status(putfh(file), set(SetxattrOption4.SETXATTR4_REPLACE, "a", "1")))
        .isEqualTo(Nfsstat4.NFS4ERR_NOXATTR);
    assertThat(lab.status(putfh(file), set(SetxattrOption4.SETXATTR4_CREATE, "a", "1")))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(putfh(file), set(SetxattrOption4.SETXATTR4_CREATE, "a", "1")))
        .isEqualTo(Nfsstat4.NFS4ERR_EXIST);
    lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "b", "2"));
    NfsArgop4 get = new NfsArgop4.Getxattr(new Getxattr4Args(Opaque.ofUtf8("b")));
    assertThat(lab.last(putfh(file), get))
        .isEqualTo(new NfsResop4.Getxattr(new Getxattr4Res.Ok(Opaque.ofUtf8("2"))));
    assertThat(pages(1000)).containsExactly(List.of("a", "b"));
    assertThat(pages(24)).containsExactlyInAnyOrder(List.of("a"), List.of("b"));
    assertThat(lab.status(putfh(file), list(0, 23))).isEqualTo(Nfsstat4.NFS4ERR_TOOSMALL);
    assertThat(lab.status(putfh(file), list(0, 15))).isEqualTo(Nfsstat4.NFS4ERR_TOOSMALL);
    assertThat(lab.status(putfh(file), list(-1, 24))).isEqualTo(Nfsstat4.NFS4ERR_BAD_COOKIE);
    NfsArgop4 remove = removed("b");
    assertThat(lab.status(putfh(file), remove)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(putfh(file), get)).isEqualTo(Nfsstat4.NFS4ERR_NOXATTR);
  }

  // RFC 8276 section 8.4.3
  @Test
  void namesThatComeAndGoBetweenTwoPagesHideAndDoubleNoOther() {
    for (int i = 0; i < 20; i++) {
      lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "kept" + i, "1"));
      lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "gone" + i, "1"));
    }
    List<String> seen = new ArrayList<>();
    Listxattrs4Resok page = page(0, 16 + 3 * 12);
    for (int i = 0; !page.eof(); i++) {
      seen.addAll(text(page));
      lab.run(putfh(file), removed("gone" + i));
      lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "late" + i, "1"));
      page = page(page.cookie(), 16 + 3 * 12);
    }
    seen.addAll(text(page));
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(seen.stream().filter(name -> name.startsWith("kept"))).hasSize(20);
  }

  // P-005
  @Test
  void whatSeekDoesNotKnowIsAUnionThatIsNotSupported() {
    for (long what : new long[] {2, 0xffff_ffffL}) {
      NfsArgop4 seek = new NfsArgop4.Seek(new Seek4Args(Stateids.ANONYMOUS, 0, what));
      assertThat(lab.status(putfh(file), seek)).isEqualTo(Nfsstat4.NFS4ERR_UNION_NOTSUPP);
    }
  }

  private static NfsArgop4 removed(String name) {
    return new NfsArgop4.Removexattr(new Removexattr4Args(Opaque.ofUtf8(name)));
  }

  private static NfsArgop4 cloned(long from, long to, long count) {
    return new NfsArgop4.Clone(
        new Clone4Args(Stateids.ANONYMOUS, Stateids.ANONYMOUS, from, to, count));
  }

  private static NfsArgop4 seek(long offset, DataContent4 what) {
    return new NfsArgop4.Seek(new Seek4Args(Stateids.ANONYMOUS, offset, what.value()));
  }

  private static NfsResop4 found(boolean eof, long offset) {
    return new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(eof, offset)));
  }

  private static NfsArgop4 set(SetxattrOption4 option, String name, String value) {
    return new NfsArgop4.Setxattr(
        new Setxattr4Args(option, Opaque.ofUtf8(name), Opaque.ofUtf8(value)));
  }

  private static NfsArgop4 list(long cookie, long maxcount) {
    return new NfsArgop4.Listxattrs(new Listxattrs4Args(cookie, maxcount));
  }

  /** All names, page by page. */
  private List<List<String>> pages(long maxcount) {
    List<List<String>> pages = new ArrayList<>();
    long cookie = 0;
    boolean end = false;
    while (!end) {
      Listxattrs4Resok page = page(cookie, maxcount);
      pages.add(text(page));
      cookie = page.cookie();
      end = page.eof();
    }
    return pages;
  }

  private Listxattrs4Resok page(long cookie, long maxcount) {
    NfsResop4 result = lab.last(putfh(file), list(cookie, maxcount));
    return ((Listxattrs4Res.Ok) ((NfsResop4.Listxattrs) result).res()).value();
  }

  private static List<String> text(Listxattrs4Resok page) {
    return page.names().stream().map(Opaque::utf8).sorted().toList();
  }
}
