package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.getattr;
import static io.ferrynfs.server.testing.Ops.getfh;
import static io.ferrynfs.server.testing.Ops.link;
import static io.ferrynfs.server.testing.Ops.lookup;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.remove;
import static io.ferrynfs.server.testing.Ops.rename;
import static io.ferrynfs.server.testing.Ops.savefh;
import static io.ferrynfs.server.testing.Ops.setattr;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Create4Res;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Getxattr4Args;
import io.ferrynfs.wire.nfs4.Getxattr4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Args;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Removexattr4Args;
import io.ferrynfs.wire.nfs4.Removexattr4Res;
import io.ferrynfs.wire.nfs4.Secinfo4Args;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.Setxattr4Res;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.nfs4.Verify4Args;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that few clients send and every server must answer. */
class UnusualRequestsTest {
  private static final AttrValues MODE = AttrValues.builder().put(Attrs.MODE, 0600L).build();
  private static final Nfstime4 THEN = new Nfstime4(981_173_106, 5);

  private final FileLab lab = new FileLab();
  private final NfsFh4 file = lab.file("file", "content");

  private NfsFh4 created(Createtype4 type, String name) {
    return Ops.filehandle(lab.run(putrootfh(), Ops.create(type, name, MODE), getfh()));
  }

  private NfsResop4 set(NfsFh4 object, AttrValues values) {
    return lab.last(putfh(object), setattr(Stateids.ANONYMOUS, values));
  }

  private static NfsResop4 setResult(Nfsstat4 status, Bitmap4 attributes) {
    return new NfsResop4.Setattr(new Setattr4Res(status, attributes));
  }

  private static AttrValues.Builder modified(Nfstime4 time) {
    return AttrValues.builder().put(Attrs.TIME_MODIFY_SET, new Settime4.ClientTime4(time));
  }

  private NfsResop4 read(NfsFh4 object, int attribute) {
    return lab.last(putfh(object), getattr(attribute));
  }

  private static NfsResop4 attributes(AttrValues.Builder values) {
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values.build().encode())));
  }

  // RFC 8881 section 18.30: as knfsd does, because a symbolic link has no mode
  @Test
  void modeOfASymbolicLinkIsSetWithoutEffectAndItsTimesAreSet() {
    NfsFh4 symlink = created(new Createtype4.Lnk(Opaque.ofUtf8("x")), "l");
    assertThat(set(symlink, MODE)).isEqualTo(setResult(Nfsstat4.NFS4_OK, MODE.mask()));
    AttrValues both = modified(THEN).put(Attrs.MODE, 0600L).build();
    assertThat(set(symlink, both)).isEqualTo(setResult(Nfsstat4.NFS4_OK, both.mask()));
    assertThat(read(symlink, Attrs.MODE.number()))
        .isEqualTo(attributes(AttrValues.builder().put(Attrs.MODE, 0777L)));
    assertThat(read(symlink, Attrs.TIME_MODIFY.number()))
        .isEqualTo(attributes(AttrValues.builder().put(Attrs.TIME_MODIFY, THEN)));
    AttrValues size = AttrValues.builder().put(Attrs.SIZE, 0L).build();
    assertThat(set(symlink, size)).isEqualTo(setResult(Nfsstat4.NFS4ERR_SYMLINK, Bitmap4.EMPTY));
  }

  // RFC 8881 section 3.3.1 for nseconds; utimensat(2) for the rest
  @Test
  void timeOutOfRangeIsSetToTheNearestOneUnlessItIsInvalid() {
    for (long seconds : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
      AttrValues far = modified(new Nfstime4(seconds, 999_999_999)).build();
      assertThat(set(file, far)).isEqualTo(setResult(Nfsstat4.NFS4_OK, far.mask()));
    }
    AttrValues none = modified(new Nfstime4(0, 1_000_000_000)).build();
    assertThat(set(file, none)).isEqualTo(setResult(Nfsstat4.NFS4ERR_INVAL, Bitmap4.EMPTY));
  }

  // RFC 8276 section 8.4: as the file systems of Linux do
  @Test
  void objectOtherThanAFileOrDirectoryHasAndAcceptsNoExtendedAttributes() {
    Opaque name = Opaque.ofUtf8("colour");
    for (NfsFh4 object :
        List.of(
            created(new Createtype4.Fifo(), "fifo"),
            created(new Createtype4.Sock(), "socket"),
            created(new Createtype4.Lnk(Opaque.ofUtf8("x")), "symlink"))) {
      assertThat(lab.last(putfh(object), new NfsArgop4.Listxattrs(new Listxattrs4Args(0, 1000))))
          .isEqualTo(
              new NfsResop4.Listxattrs(
                  new Listxattrs4Res.Ok(new Listxattrs4Resok(0, List.of(), true))));
      assertThat(lab.last(putfh(object), new NfsArgop4.Getxattr(new Getxattr4Args(name))))
          .isEqualTo(new NfsResop4.Getxattr(new Getxattr4Res.Failed(Nfsstat4.NFS4ERR_NOXATTR)));
      assertThat(lab.last(putfh(object), setxattr(name)))
          .isEqualTo(new NfsResop4.Setxattr(new Setxattr4Res.Failed(Nfsstat4.NFS4ERR_PERM)));
      assertThat(lab.last(putfh(object), new NfsArgop4.Removexattr(new Removexattr4Args(name))))
          .isEqualTo(new NfsResop4.Removexattr(new Removexattr4Res.Failed(Nfsstat4.NFS4ERR_PERM)));
    }
  }

  private static NfsArgop4 setxattr(Opaque name) {
    return new NfsArgop4.Setxattr(
        new Setxattr4Args(SetxattrOption4.SETXATTR4_EITHER, name, Opaque.ofUtf8("red")));
  }

  // RFC 8881 section 15.1.4.2, RFC 8276 section 8.4: regardless of the length
  @Test
  void everyOperationReturnsNametoolongForANameThatIsTooLong() {
    for (int size : new int[] {256, 1025, 100_000}) {
      String name = "x".repeat(size);
      Opaque wire = Opaque.ofUtf8(name);
      List<List<NfsArgop4>> requests =
          List.of(
              List.of(putrootfh(), lookup(name)),
              List.of(putrootfh(), remove(name)),
              List.of(putrootfh(), Ops.create(new Createtype4.Dir(), name, MODE)),
              List.of(putfh(file), savefh(), putrootfh(), link(name)),
              List.of(putrootfh(), savefh(), putrootfh(), rename("file", name)),
              List.of(putrootfh(), savefh(), putrootfh(), rename(name, "file")),
              List.of(putrootfh(), Ops.open("o", name, Ops.READ, Ops.NONE)),
              List.of(putrootfh(), Ops.openByName("o", Ops.READ, Ops.NONE, name)),
              List.of(putrootfh(), new NfsArgop4.Secinfo(new Secinfo4Args(wire))),
              List.of(putfh(file), new NfsArgop4.Getxattr(new Getxattr4Args(wire))),
              List.of(putfh(file), setxattr(wire)),
              List.of(putfh(file), new NfsArgop4.Removexattr(new Removexattr4Args(wire))));
      for (List<NfsArgop4> request : requests) {
        assertThat(lab.status(request.toArray(new NfsArgop4[0])))
            .as(size + " bytes in " + request.getLast().getClass().getSimpleName())
            .isEqualTo(Nfsstat4.NFS4ERR_NAMETOOLONG);
      }
    }
    for (int size : new int[] {4096, 8193, 100_000}) {
      Createtype4 symlink = new Createtype4.Lnk(Opaque.ofUtf8("x".repeat(size)));
      assertThat(lab.last(putrootfh(), Ops.create(symlink, "l", MODE)))
          .isEqualTo(new NfsResop4.Create(new Create4Res.Failed(Nfsstat4.NFS4ERR_NAMETOOLONG)));
    }
  }

  // RFC 8881 sections 3.3.7, 18.7.3, 18.30.3 and 18.31.3: a bitmap beyond the supported length
  // decodes to the highest number
  @Test
  void unknownAttributesAreNeitherReadNorSet() {
    Bitmap4 some = Bitmap4.of(Attrs.SIZE.number(), 255);
    assertThat(lab.last(putfh(file), new NfsArgop4.Getattr(new Getattr4Args(some))))
        .isEqualTo(attributes(AttrValues.builder().put(Attrs.SIZE, 7L)));
    Fattr4 unknown = new Fattr4(Bitmap4.of(255), Opaque.ofHex("00000001"));
    assertThat(
            lab.last(
                putfh(file), new NfsArgop4.Setattr(new Setattr4Args(Stateids.ANONYMOUS, unknown))))
        .isEqualTo(setResult(Nfsstat4.NFS4ERR_ATTRNOTSUPP, Bitmap4.EMPTY));
    assertThat(lab.status(putfh(file), new NfsArgop4.Verify(new Verify4Args(unknown))))
        .isEqualTo(Nfsstat4.NFS4ERR_ATTRNOTSUPP);
  }
}
