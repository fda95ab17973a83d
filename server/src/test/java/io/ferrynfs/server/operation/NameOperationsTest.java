package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.access;
import static io.ferrynfs.server.testing.Ops.getattr;
import static io.ferrynfs.server.testing.Ops.getfh;
import static io.ferrynfs.server.testing.Ops.link;
import static io.ferrynfs.server.testing.Ops.lookup;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.remove;
import static io.ferrynfs.server.testing.Ops.rename;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Access4Res;
import io.ferrynfs.wire.nfs4.Access4Resok;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Create4Res;
import io.ferrynfs.wire.nfs4.Create4Resok;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Link4Res;
import io.ferrynfs.wire.nfs4.Lookup4Res;
import io.ferrynfs.wire.nfs4.Lookupp4Res;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nverify4Args;
import io.ferrynfs.wire.nfs4.Nverify4Res;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Readlink4Res;
import io.ferrynfs.wire.nfs4.Readlink4Resok;
import io.ferrynfs.wire.nfs4.Remove4Res;
import io.ferrynfs.wire.nfs4.Remove4Resok;
import io.ferrynfs.wire.nfs4.Rename4Res;
import io.ferrynfs.wire.nfs4.Specdata4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verify4Args;
import io.ferrynfs.wire.nfs4.Verify4Res;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Operations on names and attributes: RFC 8881 sections 18.1, 18.4, 18.7, 18.9, 18.13 to 18.15,
 * 18.24 to 18.26 and 18.31.
 */
class NameOperationsTest {
  private static final AttrValues MODE = AttrValues.builder().put(Attrs.MODE, 0755L).build();

  private final FileLab lab = new FileLab();
  private final NfsFh4 file = lab.file("file", "content");

  // RFC 8881 sections 18.25.4, 18.26.4
  @Test
  void openFileThatDeniesWritingKeepsItsName() {
    NfsFh4 other = lab.file("other", "");
    Stateid4 open = lab.open(file, "owner", Ops.READ, Nfs4.OPEN4_SHARE_DENY_WRITE);
    NfsArgop4[] replace = {putrootfh(), savefh(), putrootfh(), Ops.rename("other", "file")};
    assertThat(lab.status(putrootfh(), Ops.remove("file"))).isEqualTo(Nfsstat4.NFS4ERR_FILE_OPEN);
    assertThat(lab.status(replace)).isEqualTo(Nfsstat4.NFS4ERR_FILE_OPEN);
    assertThat(lab.content("file")).isEqualTo("content");
    lab.run(putfh(file), Ops.close(open));
    assertThat(lab.status(replace)).isEqualTo(Nfsstat4.NFS4_OK);
    lab.open(other, "owner", Ops.READ, Nfs4.OPEN4_SHARE_DENY_READ);
    assertThat(lab.status(putrootfh(), Ops.remove("file"))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // RFC 8881 section 4.2.1: filehandles are opaque, so the server verifies every byte
  @Test
  void filehandleWithAChangedBitOrAnotherLengthIsStale() {
    byte[] good = file.data().toByteArray();
    List<byte[]> bad = new ArrayList<>();
    for (int size = 4; size <= 128; size++) {
      if (size != good.length) {
        bad.add(Arrays.copyOf(good, size));
      }
    }
    for (int bit = 0; bit < (good.length - Long.BYTES) * 8; bit++) {
      byte[] changed = good.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      bad.add(changed);
    }
    for (byte[] bytes : bad) {
      assertThat(lab.run(putfh(new NfsFh4(Opaque.of(bytes))), getfh()))
          .as(HexFormat.of().formatHex(bytes))
          .containsExactly(new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4ERR_STALE)));
    }
    assertThat(lab.status(putfh(file), getfh())).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void createMakesEveryTypeOfObject() {
    record Kind(Createtype4 type, NfsFtype4 expected) {}
    lab.user(0);
    for (Kind kind :
        List.of(
            new Kind(new Createtype4.Dir(), NfsFtype4.NF4DIR),
            new Kind(new Createtype4.Lnk(Opaque.ofUtf8("x")), NfsFtype4.NF4LNK),
            new Kind(new Createtype4.Fifo(), NfsFtype4.NF4FIFO),
            new Kind(new Createtype4.Sock(), NfsFtype4.NF4SOCK),
            new Kind(new Createtype4.Chr(new Specdata4(1, 3)), NfsFtype4.NF4CHR),
            new Kind(new Createtype4.Blk(new Specdata4(8, 1)), NfsFtype4.NF4BLK))) {
      String name = kind.expected().name();
      List<NfsResop4> results =
          lab.run(putrootfh(), Ops.create(kind.type(), name, MODE), getattr(Attrs.TYPE));
      Create4Resok made = ((Create4Res.Ok) ((NfsResop4.Create) results.get(1)).res()).value();
      assertThat(made.attrset()).isEqualTo(MODE.mask());
      assertThat(made.cinfo().after()).isGreaterThan(made.cinfo().before());
      // CREATE makes the new object the current filehandle.
      assertThat(results.getLast())
          .isEqualTo(attributes(AttrValues.builder().put(Attrs.TYPE, kind.expected())));
    }
  }

  @Test
  void createdDeviceKeepsItsDeviceNumbers() {
    lab.user(0);
    Createtype4 device = new Createtype4.Chr(new Specdata4(4, 64));
    assertThat(lab.last(putrootfh(), Ops.create(device, "tty", MODE), getattr(Attrs.RAWDEV)))
        .isEqualTo(attributes(AttrValues.builder().put(Attrs.RAWDEV, new Specdata4(4, 64))));
  }

  @Test
  void createOfAnUnsupportedTypeReturnsBadtype() {
    assertThat(
            lab.last(
                putrootfh(),
                Ops.create(new Createtype4.Other(NfsFtype4.NF4REG), "x", AttrValues.EMPTY)))
        .isEqualTo(new NfsResop4.Create(new Create4Res.Failed(Nfsstat4.NFS4ERR_BADTYPE)));
  }

  @Test
  void createWithAnExistingNameReturnsExist() {
    assertThat(lab.last(putrootfh(), Ops.create(new Createtype4.Dir(), "file", MODE)))
        .isEqualTo(new NfsResop4.Create(new Create4Res.Failed(Nfsstat4.NFS4ERR_EXIST)));
  }

  @Test
  void createWithASizeIsInvalid() {
    AttrValues size = AttrValues.builder().put(Attrs.SIZE, 0L).build();
    assertThat(lab.last(putrootfh(), Ops.create(new Createtype4.Dir(), "d", size)))
        .isEqualTo(new NfsResop4.Create(new Create4Res.Failed(Nfsstat4.NFS4ERR_INVAL)));
  }

  @Test
  void readlinkReturnsTheBytesOfTheSymbolicLink() {
    Createtype4 type = new Createtype4.Lnk(Opaque.ofHex("2e2e2fff"));
    assertThat(
            lab.last(
                putrootfh(), Ops.create(type, "l", AttrValues.EMPTY), new NfsArgop4.Readlink()))
        .isEqualTo(
            new NfsResop4.Readlink(
                new Readlink4Res.Ok(new Readlink4Resok(Opaque.ofHex("2e2e2fff")))));
    assertThat(lab.last(putfh(file), new NfsArgop4.Readlink()))
        .isEqualTo(new NfsResop4.Readlink(new Readlink4Res.Failed(Nfsstat4.NFS4ERR_WRONG_TYPE)));
  }

  @Test
  void lookupSetsTheCurrentFilehandleAndLookuppReturnsItsParent() {
    lab.run(putrootfh(), Ops.create(new Createtype4.Dir(), "d", MODE));
    NfsResop4 root = lab.last(putrootfh(), getfh());
    assertThat(lab.last(putrootfh(), lookup("d"), new NfsArgop4.Lookupp(), getfh()))
        .isEqualTo(root);
    assertThat(lab.last(putrootfh(), new NfsArgop4.Lookupp()))
        .isEqualTo(new NfsResop4.Lookupp(new Lookupp4Res(Nfsstat4.NFS4ERR_NOENT)));
    assertThat(lab.last(putfh(file), new NfsArgop4.Lookupp()))
        .isEqualTo(new NfsResop4.Lookupp(new Lookupp4Res(Nfsstat4.NFS4ERR_NOTDIR)));
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, NFS4ERR_NOENT",
    "'', NFS4ERR_INVAL",
    "., NFS4ERR_BADNAME",
    ".., NFS4ERR_BADNAME",
    "a/b, NFS4ERR_BADCHAR"
  })
  void lookupOfABadNameFails(String name, Nfsstat4 status) {
    assertThat(lab.last(putrootfh(), lookup(name)))
        .isEqualTo(new NfsResop4.Lookup(new Lookup4Res(status)));
  }

  @Test
  void lookupOfANameThatIsTooLongReturnsNametoolong() {
    assertThat(lab.last(putrootfh(), lookup("n".repeat(256))))
        .isEqualTo(new NfsResop4.Lookup(new Lookup4Res(Nfsstat4.NFS4ERR_NAMETOOLONG)));
  }

  @Test
  void lookupInASymbolicLinkReturnsSymlinkAndInAFileNotdir() {
    NfsArgop4 symlink = Ops.create(new Createtype4.Lnk(Opaque.ofUtf8("x")), "l", AttrValues.EMPTY);
    assertThat(lab.last(putrootfh(), symlink, lookup("x")).status())
        .isEqualTo(Nfsstat4.NFS4ERR_SYMLINK);
    assertThat(lab.status(putfh(file), lookup("x"))).isEqualTo(Nfsstat4.NFS4ERR_NOTDIR);
  }

  @Test
  void hardLinkNamesTheSameObject() {
    assertThat(lab.status(putfh(file), savefh(), putrootfh(), link("other")))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.last(putrootfh(), lookup("other"), getfh()))
        .isEqualTo(lab.last(putrootfh(), lookup("file"), getfh()));
    assertThat(lab.last(putfh(file), getattr(Attrs.NUMLINKS)))
        .isEqualTo(attributes(AttrValues.builder().put(Attrs.NUMLINKS, 2L)));
    assertThat(lab.last(putrootfh(), savefh(), putrootfh(), link("dir")))
        .isEqualTo(new NfsResop4.Link(new Link4Res.Failed(Nfsstat4.NFS4ERR_ISDIR)));
    assertThat(lab.last(putfh(file), savefh(), putrootfh(), link("other")))
        .isEqualTo(new NfsResop4.Link(new Link4Res.Failed(Nfsstat4.NFS4ERR_EXIST)));
  }

  @Test
  void renameReplacesAnExistingFile() {
    lab.file("old", "old");
    assertThat(lab.status(putrootfh(), savefh(), putrootfh(), rename("file", "old")))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.content("old")).isEqualTo("content");
    assertThat(lab.status(putrootfh(), lookup("file"))).isEqualTo(Nfsstat4.NFS4ERR_NOENT);
    // The filehandle stays valid after the rename.
    assertThat(lab.status(putfh(file), getattr(Attrs.SIZE))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @ParameterizedTest
  @CsvSource({
    "file, dir, NFS4ERR_EXIST",
    "dir, file, NFS4ERR_EXIST",
    "empty, dir, NFS4ERR_EXIST",
    "nothing, x, NFS4ERR_NOENT",
    "file, .., NFS4ERR_BADNAME",
    "'', x, NFS4ERR_INVAL"
  })
  void impossibleRenameFails(String from, String to, Nfsstat4 status) {
    lab.run(putrootfh(), Ops.create(new Createtype4.Dir(), "empty", MODE));
    NfsArgop4 inner = Ops.create(new Createtype4.Dir(), "inner", MODE);
    lab.run(putrootfh(), Ops.create(new Createtype4.Dir(), "dir", MODE), inner);
    assertThat(lab.last(putrootfh(), savefh(), putrootfh(), rename(from, to)))
        .isEqualTo(new NfsResop4.Rename(new Rename4Res.Failed(status)));
  }

  @Test
  void renameInAnObjectOtherThanADirectoryReturnsNotdir() {
    assertThat(lab.last(putfh(file), savefh(), putrootfh(), rename("a", "b")))
        .isEqualTo(new NfsResop4.Rename(new Rename4Res.Failed(Nfsstat4.NFS4ERR_NOTDIR)));
  }

  @Test
  void linkAndRenameBetweenFileSystemsReturnXdev() {
    FileLab two = new FileLab(CopyRules.LINUX, FileLab.memory("one"), FileLab.memory("two"));
    NfsFh4 there = two.file(two.volume, "x", "");
    assertThat(two.status(putfh(there), savefh(), putrootfh(), lookup("b"), link("y")))
        .isEqualTo(Nfsstat4.NFS4ERR_XDEV);
    assertThat(
            two.status(
                putrootfh(), lookup("a"), savefh(), putrootfh(), lookup("b"), rename("x", "y")))
        .isEqualTo(Nfsstat4.NFS4ERR_XDEV);
    assertThat(two.status(putrootfh(), Ops.create(new Createtype4.Dir(), "d", MODE)))
        .isEqualTo(Nfsstat4.NFS4ERR_ROFS);
  }

  @Test
  void removeRemovesFilesAndEmptyDirectories() {
    NfsArgop4 inner = Ops.create(new Createtype4.Dir(), "inner", MODE);
    lab.run(putrootfh(), Ops.create(new Createtype4.Dir(), "dir", MODE), inner);
    assertThat(lab.last(putrootfh(), remove("dir")))
        .isEqualTo(new NfsResop4.Remove(new Remove4Res.Failed(Nfsstat4.NFS4ERR_NOTEMPTY)));
    assertThat(lab.status(putrootfh(), lookup("dir"), remove("inner"))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(putrootfh(), remove("dir"))).isEqualTo(Nfsstat4.NFS4_OK);
    NfsResop4 removed = lab.last(putrootfh(), remove("file"));
    ChangeInfo4 change = ((Remove4Res.Ok) ((NfsResop4.Remove) removed).res()).value().cinfo();
    assertThat(removed)
        .isEqualTo(
            new NfsResop4.Remove(
                new Remove4Res.Ok(
                    new Remove4Resok(new ChangeInfo4(true, change.before(), change.after())))));
    assertThat(change.after()).isGreaterThan(change.before());
    assertThat(lab.status(putfh(file), getattr(Attrs.SIZE))).isEqualTo(Nfsstat4.NFS4ERR_STALE);
  }

  @Test
  void accessReturnsTheMeaningfulBitsAndTheGrantedOnes() {
    lab.user(0);
    // Without any execute bit nobody may execute the file, not even the superuser.
    assertThat(lab.last(putfh(file), access(0x3f)))
        .isEqualTo(granted(0x01 | 0x04 | 0x08 | 0x20, 0x01 | 0x04 | 0x08));
    assertThat(lab.last(putrootfh(), access(0x3f))).isEqualTo(granted(0x1f, 0x1f));
    assertThat(lab.last(putfh(file), access(0x1c0))).isEqualTo(granted(0x1c0, 0x1c0));
    lab.user(4711);
    assertThat(lab.last(putfh(file), access(0x1ff)))
        .isEqualTo(granted(0x01 | 0x04 | 0x08 | 0x20 | 0x1c0, 0x01 | 0x40 | 0x100));
  }

  @Test
  void unknownAccessBitsAreInvalid() {
    assertThat(lab.last(putfh(file), access(0x200)))
        .isEqualTo(new NfsResop4.Access(new Access4Res.Failed(Nfsstat4.NFS4ERR_INVAL)));
    lab.minorVersion(1);
    assertThat(lab.last(putfh(file), access(0x40)))
        .isEqualTo(new NfsResop4.Access(new Access4Res.Failed(Nfsstat4.NFS4ERR_INVAL)));
  }

  @Test
  void verifyAndNverifyReturnOppositeResults() {
    Fattr4 right = AttrValues.builder().put(Attrs.SIZE, 7L).build().encode();
    Fattr4 wrong = AttrValues.builder().put(Attrs.SIZE, 8L).build().encode();
    assertThat(lab.last(putfh(file), new NfsArgop4.Verify(new Verify4Args(right))))
        .isEqualTo(new NfsResop4.Verify(new Verify4Res(Nfsstat4.NFS4_OK)));
    assertThat(lab.last(putfh(file), new NfsArgop4.Verify(new Verify4Args(wrong))))
        .isEqualTo(new NfsResop4.Verify(new Verify4Res(Nfsstat4.NFS4ERR_NOT_SAME)));
    assertThat(lab.last(putfh(file), new NfsArgop4.Nverify(new Nverify4Args(right))))
        .isEqualTo(new NfsResop4.Nverify(new Nverify4Res(Nfsstat4.NFS4ERR_SAME)));
    assertThat(lab.last(putfh(file), new NfsArgop4.Nverify(new Nverify4Args(wrong))))
        .isEqualTo(new NfsResop4.Nverify(new Nverify4Res(Nfsstat4.NFS4_OK)));
  }

  private static NfsResop4 attributes(AttrValues.Builder values) {
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values.build().encode())));
  }

  private static NfsResop4 granted(long supported, long access) {
    return new NfsResop4.Access(new Access4Res.Ok(new Access4Resok(supported, access)));
  }
}
