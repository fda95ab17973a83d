package ferry.server.operation;

import static ferry.server.operation.Ops.putfh;
import static ferry.server.operation.Ops.savefh;
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
    assertThat(lab.last(putfh(file), list(0, 1000))).isEqualTo(names(2, true, "a", "b"));
    assertThat(lab.last(putfh(file), list(0, 24))).isEqualTo(names(1, false, "a"));
    assertThat(lab.last(putfh(file), list(1, 24))).isEqualTo(names(2, true, "b"));
    assertThat(lab.status(putfh(file), list(0, 23))).isEqualTo(Nfsstat4.NFS4ERR_TOOSMALL);
    assertThat(lab.status(putfh(file), list(3, 24))).isEqualTo(Nfsstat4.NFS4ERR_BAD_COOKIE);
    NfsArgop4 remove = new NfsArgop4.Removexattr(new Removexattr4Args(Opaque.ofUtf8("b")));
    assertThat(lab.status(putfh(file), remove)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(putfh(file), get)).isEqualTo(Nfsstat4.NFS4ERR_NOXATTR);
  }

  private static NfsArgop4 cloned(long from, long to, long count) {
    return new NfsArgop4.Clone(
        new Clone4Args(Stateids.ANONYMOUS, Stateids.ANONYMOUS, from, to, count));
  }

  private static NfsArgop4 seek(long offset, DataContent4 what) {
    return new NfsArgop4.Seek(new Seek4Args(Stateids.ANONYMOUS, offset, what));
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

  private static NfsResop4 names(long cookie, boolean eof, String... names) {
    return new NfsResop4.Listxattrs(
        new Listxattrs4Res.Ok(
            new Listxattrs4Resok(
                cookie, List.of(names).stream().map(Opaque::ofUtf8).toList(), eof)));
  }
}
