package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.Allocate4Res;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.Deallocate4Res;
import io.ferrynfs.wire.nfs4.Getxattr4Args;
import io.ferrynfs.wire.nfs4.Getxattr4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Args;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Removexattr4Args;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * ALLOCATE, DEALLOCATE and SEEK (RFC 7862 sections 15.1, 15.4 and 15.11), and extended attributes
 * (RFC 8276 section 8.4).
 */
class SpaceTest {
  private final FileLab lab = new FileLab();
  private final int block = lab.volume.limits().cloneBlockBytes();
  private final NfsFh4 file = lab.file("file", "x".repeat(4 * block));

  // P-004
  @Test
  void seekFindsTheNextDataAndTheNextHole() {
    lab.run(putfh(file), deallocate(block, block));
    assertThat(lab.last(putfh(file), seek(0, DataContent4.NFS4_CONTENT_HOLE)))
        .isEqualTo(seekResult(false, block));
    assertThat(lab.last(putfh(file), seek(block, DataContent4.NFS4_CONTENT_DATA)))
        .isEqualTo(seekResult(false, 2L * block));
    assertThat(lab.last(putfh(file), seek(3, DataContent4.NFS4_CONTENT_DATA)))
        .isEqualTo(seekResult(false, 3));
  }

  // P-004: a search without a result returns the end of the file; one at or beyond the end fails
  @Test
  void endOfTheFileIsAHoleAndSeekReturnsEof() {
    assertThat(lab.last(putfh(file), seek(0, DataContent4.NFS4_CONTENT_HOLE)))
        .isEqualTo(seekResult(true, 4L * block));
    lab.run(putfh(file), deallocate(2L * block, 2L * block));
    assertThat(lab.last(putfh(file), seek(2L * block, DataContent4.NFS4_CONTENT_DATA)))
        .isEqualTo(seekResult(true, 4L * block));
    for (long beyond : new long[] {4L * block, 4L * block + 1, Long.MAX_VALUE, -1}) {
      for (DataContent4 what : DataContent4.values()) {
        assertThat(lab.last(putfh(file), seek(beyond, what)))
            .isEqualTo(new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_NXIO)));
      }
    }
  }

  // P-004: stateids and object types as for READ_PLUS
  @Test
  void seekNeedsReadAccess() {
    NfsArgop4 byWriter =
        new NfsArgop4.Seek(new Seek4Args(lab.open(file, "writer", Ops.WRITE), 0, 0));
    assertThat(lab.last(putfh(file), byWriter))
        .isEqualTo(new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_OPENMODE)));
    assertThat(lab.last(putrootfh(), seek(0, DataContent4.NFS4_CONTENT_DATA)))
        .isEqualTo(new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_ISDIR)));
  }

  // P-006: also for a part of a block and beyond the end
  @Test
  void deallocatedRangeReadsAsZerosAndKeepsTheSize() {
    assertThat(lab.last(putfh(file), deallocate(block - 2L, block + 4L)))
        .isEqualTo(new NfsResop4.Deallocate(new Deallocate4Res(Nfsstat4.NFS4_OK)));
    assertThat(lab.last(putfh(file), deallocate(4L * block - 1, 1L << 40)))
        .isEqualTo(new NfsResop4.Deallocate(new Deallocate4Res(Nfsstat4.NFS4_OK)));
    assertThat(lab.content("file"))
        .isEqualTo(
            "x".repeat(block - 2)
                + "\0".repeat(block + 4)
                + "x".repeat(2 * block - 3)
                + "\0".repeat(1));
    assertThat(used()).isEqualTo(3L * block);
  }

  // P-007
  @Test
  void allocatedRangeUsesSpaceAndExtendsTheFile() {
    assertThat(lab.last(putfh(file), allocate(4L * block, 3L * block)))
        .isEqualTo(new NfsResop4.Allocate(new Allocate4Res(Nfsstat4.NFS4_OK)));
    assertThat(lab.content("file")).isEqualTo("x".repeat(4 * block) + "\0".repeat(3 * block));
    assertThat(used()).isEqualTo(7L * block);
    assertThat(lab.last(putfh(file), allocate(0, 5)))
        .isEqualTo(new NfsResop4.Allocate(new Allocate4Res(Nfsstat4.NFS4_OK)));
    assertThat(used()).isEqualTo(7L * block);
  }

  // P-007: NOSPC is returned now rather than by a later WRITE, and nothing has changed
  @Test
  void impossibleAllocationFails() {
    assertThat(lab.last(putfh(file), allocate(0, 1L << 50)))
        .isEqualTo(new NfsResop4.Allocate(new Allocate4Res(Nfsstat4.NFS4ERR_NOSPC)));
    assertThat(used()).isEqualTo(4L * block);
    assertThat(lab.status(putfh(file), allocate(0, 0))).isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(lab.status(putfh(file), allocate(-1, 1))).isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(lab.status(putfh(file), deallocate(0, 0))).isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(lab.content("file")).isEqualTo("x".repeat(4 * block));
  }

  // P-006, P-007: a stateid for WRITE
  @Test
  void allocateAndDeallocateNeedWriteAccess() {
    Stateid4 reader = lab.open(file, "reader", Ops.READ);
    assertThat(lab.last(putfh(file), new NfsArgop4.Allocate(new Allocate4Args(reader, 0, block))))
        .isEqualTo(new NfsResop4.Allocate(new Allocate4Res(Nfsstat4.NFS4ERR_OPENMODE)));
    assertThat(
            lab.last(putfh(file), new NfsArgop4.Deallocate(new Deallocate4Args(reader, 0, block))))
        .isEqualTo(new NfsResop4.Deallocate(new Deallocate4Res(Nfsstat4.NFS4ERR_OPENMODE)));
    assertThat(lab.content("file")).isEqualTo("x".repeat(4 * block));
  }

  // P-006, P-007
  @Test
  void objectOtherThanARegularFileReturnsWrongType() {
    List<NfsFh4> others =
        List.of(
            made(new Createtype4.Dir(), "directory"),
            made(new Createtype4.Lnk(Opaque.ofUtf8("file")), "link"),
            made(new Createtype4.Fifo(), "fifo"));
    for (NfsFh4 other : others) {
      assertThat(lab.last(putfh(other), allocate(0, 1)))
          .isEqualTo(new NfsResop4.Allocate(new Allocate4Res(Nfsstat4.NFS4ERR_WRONG_TYPE)));
      assertThat(lab.last(putfh(other), deallocate(0, 1)))
          .isEqualTo(new NfsResop4.Deallocate(new Deallocate4Res(Nfsstat4.NFS4ERR_WRONG_TYPE)));
    }
  }

  private NfsFh4 made(Createtype4 type, String name) {
    return Ops.filehandle(
        lab.run(putrootfh(), Ops.create(type, name, AttrValues.EMPTY), Ops.getfh()));
  }

  private long used() {
    try {
      Found seekResult = lab.volume.lookup(FileLab.OWNER, lab.volume.root(), Name.of("file"));
      return seekResult.attributes().spaceUsed();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private static NfsArgop4 deallocate(long offset, long length) {
    return new NfsArgop4.Deallocate(new Deallocate4Args(Stateids.ANONYMOUS, offset, length));
  }

  private static NfsArgop4 allocate(long offset, long length) {
    return new NfsArgop4.Allocate(new Allocate4Args(Stateids.ANONYMOUS, offset, length));
  }

  @Test
  void extendedAttributeIsSetReadListedAndRemoved() {
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
    NfsArgop4 remove = removexattr("b");
    assertThat(lab.status(putfh(file), remove)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(putfh(file), get)).isEqualTo(Nfsstat4.NFS4ERR_NOXATTR);
  }

  // RFC 8276 section 8.4.3
  @Test
  void namesAddedAndRemovedBetweenPagesNeitherHideNorDuplicateOthers() {
    for (int i = 0; i < 20; i++) {
      lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "kept" + i, "1"));
      lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "gone" + i, "1"));
    }
    List<String> seen = new ArrayList<>();
    Listxattrs4Resok page = page(0, 16 + 3 * 12);
    for (int i = 0; !page.eof(); i++) {
      seen.addAll(text(page));
      lab.run(putfh(file), removexattr("gone" + i));
      lab.run(putfh(file), set(SetxattrOption4.SETXATTR4_EITHER, "late" + i, "1"));
      page = page(page.cookie(), 16 + 3 * 12);
    }
    seen.addAll(text(page));
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(seen.stream().filter(name -> name.startsWith("kept"))).hasSize(20);
  }

  // P-005
  @Test
  void seekForAnUnknownContentReturnsUnionNotsupp() {
    for (long what : new long[] {2, 0xffff_ffffL}) {
      NfsArgop4 seek = new NfsArgop4.Seek(new Seek4Args(Stateids.ANONYMOUS, 0, what));
      assertThat(lab.status(putfh(file), seek)).isEqualTo(Nfsstat4.NFS4ERR_UNION_NOTSUPP);
    }
  }

  private static NfsArgop4 removexattr(String name) {
    return new NfsArgop4.Removexattr(new Removexattr4Args(Opaque.ofUtf8(name)));
  }

  private static NfsArgop4 seek(long offset, DataContent4 what) {
    return new NfsArgop4.Seek(new Seek4Args(Stateids.ANONYMOUS, offset, what.value()));
  }

  private static NfsResop4 seekResult(boolean eof, long offset) {
    return new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(eof, offset)));
  }

  private static NfsArgop4 set(SetxattrOption4 option, String name, String value) {
    return new NfsArgop4.Setxattr(
        new Setxattr4Args(option, Opaque.ofUtf8(name), Opaque.ofUtf8(value)));
  }

  private static NfsArgop4 list(long cookie, long maxcount) {
    return new NfsArgop4.Listxattrs(new Listxattrs4Args(cookie, maxcount));
  }

  /** Returns all names, page by page. */
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
