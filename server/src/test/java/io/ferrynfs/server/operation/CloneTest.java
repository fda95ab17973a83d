package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Clone4Res;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CLONE: RFC 7862 section 15.13, rules L-001 to L-011 of docs/conformance.md. */
class CloneTest {
  private final FileLab lab = new FileLab();
  private final int block = lab.volume.limits().cloneBlockBytes();
  private final String text =
      "a".repeat(block) + "b".repeat(block) + "c".repeat(block) + "d".repeat(100);
  private final NfsFh4 source = lab.file("source", text);
  private final NfsFh4 target = lab.file("target", "");

  private static NfsArgop4 clone(Stateid4 from, Stateid4 to, long offset, long at, long count) {
    return new NfsArgop4.Clone(new Clone4Args(from, to, offset, at, count));
  }

  private static NfsArgop4 clone(long offset, long at, long count) {
    return clone(Stateids.ANONYMOUS, Stateids.ANONYMOUS, offset, at, count);
  }

  private static NfsResop4 result(Nfsstat4 status) {
    return new NfsResop4.Clone(new Clone4Res(status));
  }

  private NfsResop4 run(NfsFh4 from, NfsFh4 to, NfsArgop4 clone) {
    return lab.last(putfh(from), savefh(), putfh(to), clone);
  }

  // L-003, L-009
  @Test
  void countOfZeroClonesToTheEndAndExtendsTheTarget() {
    assertThat(run(source, target, clone(0, 0, 0))).isEqualTo(result(Nfsstat4.NFS4_OK));
    assertThat(lab.content("target")).isEqualTo(text);
    assertThat(run(source, target, clone(2L * block, 5L * block, 0)))
        .isEqualTo(result(Nfsstat4.NFS4_OK));
    assertThat(lab.content("target"))
        .isEqualTo(text + "\0".repeat(2 * block - 100) + text.substring(2 * block));
  }

  // L-007: CLONE copies no data
  @Test
  void clonedBlocksUseNoSpaceUntilTheyAreWritten() throws Exception {
    long before = lab.volume.space(FileLab.OWNER).freeBytes();
    run(source, target, clone(0, 0, 0));
    assertThat(lab.volume.space(FileLab.OWNER).freeBytes()).isEqualTo(before);
    assertThat(
            lab.status(
                putfh(source),
                Ops.write(
                    Stateids.ANONYMOUS, 0, io.ferrynfs.wire.nfs4.StableHow4.FILE_SYNC4, "changed")))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.content("target")).isEqualTo(text);
  }

  // L-004
  @Test
  void offsetsAndLengthMustBeWholeBlocksExceptAtTheEndOfTheSource() {
    for (NfsArgop4 unaligned :
        List.of(clone(1, 0, block), clone(0, 1, block), clone(0, 0, block + 1L))) {
      assertThat(run(source, target, unaligned)).isEqualTo(result(Nfsstat4.NFS4ERR_INVAL));
    }
    assertThat(lab.content("target")).isEmpty();
    assertThat(run(source, target, clone(2L * block, block, block + 100L)))
        .isEqualTo(result(Nfsstat4.NFS4_OK));
    assertThat(lab.content("target")).isEqualTo("\0".repeat(block) + text.substring(2 * block));
  }

  // L-005
  @Test
  void rangeBeyondTheEndOfTheSourceIsInvalid() {
    for (NfsArgop4 beyond :
        List.of(
            clone(0, 0, 4L * block),
            clone(4L * block, 0, block),
            clone(4L * block, 0, 0),
            clone(-block, 0, block))) {
      assertThat(run(source, target, beyond)).isEqualTo(result(Nfsstat4.NFS4ERR_INVAL));
    }
    assertThat(lab.content("target")).isEmpty();
  }

  // L-006
  @Test
  void withinOneFileOnlyOverlappingRangesAreInvalid() {
    assertThat(run(source, source, clone(0, block, 2L * block)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_INVAL));
    assertThat(lab.content("source")).isEqualTo(text);
    assertThat(run(source, source, clone(0, 2L * block, block)))
        .isEqualTo(result(Nfsstat4.NFS4_OK));
    assertThat(lab.content("source"))
        .isEqualTo("a".repeat(block) + "b".repeat(block) + "a".repeat(block) + "d".repeat(100));
  }

  // L-001
  @Test
  void cloneOfAnObjectOtherThanARegularFileReturnsWrongType() {
    for (NfsFh4 other :
        List.of(
            created(new Createtype4.Dir(), "directory"),
            created(new Createtype4.Lnk(Opaque.ofUtf8("source")), "link"),
            created(new Createtype4.Fifo(), "fifo"))) {
      assertThat(run(other, target, clone(0, 0, 0))).isEqualTo(result(Nfsstat4.NFS4ERR_WRONG_TYPE));
      assertThat(run(source, other, clone(0, 0, 0))).isEqualTo(result(Nfsstat4.NFS4ERR_WRONG_TYPE));
    }
  }

  private NfsFh4 created(Createtype4 type, String name) {
    return Ops.filehandle(
        lab.run(putrootfh(), Ops.create(type, name, AttrValues.EMPTY), Ops.getfh()));
  }

  // L-002
  @Test
  void eachSideNeedsAStateidWithItsAccess() {
    Stateid4 reader = lab.open(source, "o", Ops.READ);
    Stateid4 writer = lab.open(target, "o", Ops.WRITE);
    assertThat(run(source, target, clone(reader, writer, 0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4_OK));
    assertThat(run(source, target, clone(anySeqid(reader), anySeqid(writer), 0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4_OK));
    Stateid4 sourceWriter = lab.open(source, "p", Ops.WRITE);
    Stateid4 targetReader = lab.open(target, "p", Ops.READ);
    assertThat(run(source, target, clone(reader, targetReader, 0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_OPENMODE));
    assertThat(run(source, target, clone(sourceWriter, writer, 0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_OPENMODE));
    assertThat(run(source, target, clone(writer, reader, 0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_BAD_STATEID));
  }

  private static Stateid4 anySeqid(Stateid4 stateid) {
    return new Stateid4(0, stateid.other());
  }

  // L-002
  @Test
  void cloneWithoutBothFilehandlesReturnsNofilehandle() {
    assertThat(lab.last(putfh(target), clone(0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_NOFILEHANDLE));
    assertThat(lab.last(clone(0, 0, 0))).isEqualTo(result(Nfsstat4.NFS4ERR_NOFILEHANDLE));
  }

  // L-008
  @Test
  void cloneBetweenTwoFileSystemsReturnsXdev() {
    Volume other = FileLab.memory("other");
    FileLab two = new FileLab(CopyRules.LINUX, FileLab.memory("one"), other);
    NfsFh4 from = two.file(two.volume, "from", "x");
    NfsFh4 to = two.file(other, "to", "");
    assertThat(two.last(putfh(from), savefh(), putfh(to), clone(0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_XDEV));
  }

  // L-010, F-006
  @Test
  void volumeThatSupportsCloneReportsTheBlockSize() {
    AttrValues size = AttrValues.builder().put(Attrs.CLONE_BLKSIZE, (long) block).build();
    assertThat(lab.last(putfh(source), Ops.getattr(Attrs.CLONE_BLKSIZE)))
        .isEqualTo(attributes(size));
  }

  // L-011, F-006: the attribute is not reported either
  @Test
  void volumeThatCannotShareBlocksReturnsNotsupp() {
    FileLab plain = new FileLab(CopyRules.LINUX, FileLab.withoutClone("plain"));
    NfsFh4 from = plain.file("from", "x");
    NfsFh4 to = plain.file("to", "");
    assertThat(plain.last(putfh(from), savefh(), putfh(to), clone(0, 0, 0)))
        .isEqualTo(result(Nfsstat4.NFS4ERR_NOTSUPP));
    assertThat(plain.last(putfh(from), Ops.getattr(Attrs.CLONE_BLKSIZE)))
        .isEqualTo(attributes(AttrValues.EMPTY));
  }

  private static NfsResop4 attributes(AttrValues values) {
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values.encode())));
  }
}
