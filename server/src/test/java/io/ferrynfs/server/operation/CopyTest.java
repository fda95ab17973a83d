package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.copy;
import static io.ferrynfs.server.testing.Ops.getattr;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Synchronous COPY: RFC 7862 section 15.2, rules C-001 to C-044 of docs/conformance.md. */
class CopyTest {
  private static final String TEXT = "0123456789";

  private final FileLab lab = new FileLab();
  private final NfsFh4 source = lab.file("source", TEXT);
  private final NfsFh4 target = lab.file("target", "");

  // C-001, C-026, C-027, C-035
  @Test
  void rangeOfTheSavedFileIsCopiedIntoTheCurrentFile() {
    assertThat(run(lab, source, target, copy(2, 0, 5))).isEqualTo(ok(lab, 5));
    assertThat(lab.content("target")).isEqualTo("23456");
  }

  // C-002, B17
  @Test
  void copyWithoutBothFilehandlesReturnsNofilehandle() {
    assertThat(lab.last(putfh(target), copy(0, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_NOFILEHANDLE));
    assertThat(lab.last(copy(0, 0, 1))).isEqualTo(failed(Nfsstat4.NFS4ERR_NOFILEHANDLE));
  }

  // C-003, C-041
  @Test
  void copyOfAnObjectOtherThanARegularFileReturnsWrongType() {
    NfsFh4 fifo =
        Ops.filehandle(
            lab.run(
                putrootfh(),
                Ops.create(new Createtype4.Fifo(), "fifo", AttrValues.EMPTY),
                Ops.getfh()));
    assertThat(lab.last(putfh(fifo), savefh(), putfh(target), copy(0, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_WRONG_TYPE));
    assertThat(lab.last(putrootfh(), savefh(), putfh(target), copy(0, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_WRONG_TYPE));
    assertThat(lab.last(putfh(source), savefh(), putrootfh(), copy(0, 0, 1)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_WRONG_TYPE));
  }

  // C-004
  @Test
  void copyWithinOneFileIsAllowedByLinuxRulesOnly() {
    assertThat(run(lab, source, source, copy(0, 10, 10))).isEqualTo(ok(lab, 10));
    assertThat(lab.content("source")).isEqualTo(TEXT + TEXT);
    assertThat(run(lab, source, source, copy(0, 5, 10))).isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
    FileLab strict = new FileLab(CopyRules.RFC7862);
    NfsFh4 same = strict.file("same", TEXT);
    assertThat(run(strict, same, same, copy(0, 10, 10))).isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
  }

  // C-006
  @Test
  void offsetBeyondTheEndCopiesNothingOrFails() {
    assertThat(run(lab, source, target, copy(11, 0, 5))).isEqualTo(ok(lab, 0));
    FileLab strict = new FileLab(CopyRules.RFC7862);
    assertThat(run(strict, strict.file("s", TEXT), strict.file("t", ""), copy(11, 0, 5)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
  }

  // C-007
  @Test
  void countBeyondTheEndIsAShortCopyOrFails() {
    assertThat(run(lab, source, target, copy(7, 0, Long.MAX_VALUE))).isEqualTo(ok(lab, 3));
    assertThat(lab.content("target")).isEqualTo("789");
    FileLab strict = new FileLab(CopyRules.RFC7862);
    assertThat(run(strict, strict.file("s", TEXT), strict.file("t", ""), copy(7, 0, 4)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
    assertThat(strict.content("t")).isEmpty();
  }

  // C-008, B21
  @ParameterizedTest
  @EnumSource
  void countOfZeroCopiesToTheEnd(CopyRules rules) {
    FileLab any = new FileLab(rules);
    assertThat(run(any, any.file("s", TEXT), any.file("t", ""), copy(4, 0, 0)))
        .isEqualTo(ok(any, 6));
    assertThat(any.content("t")).isEqualTo("456789");
  }

  // C-009
  @ParameterizedTest
  @EnumSource
  void countOfZeroAtTheEndCopiesNothing(CopyRules rules) {
    FileLab any = new FileLab(rules);
    assertThat(run(any, any.file("s", TEXT), any.file("t", ""), copy(10, 0, 0)))
        .isEqualTo(ok(any, 0));
  }

  // C-010
  @Test
  void impossibleRangeFails() {
    assertThat(run(lab, source, target, copy(1, 0, -1))).isEqualTo(failed(Nfsstat4.NFS4ERR_INVAL));
    assertThat(run(lab, source, target, copy(0, Long.MAX_VALUE - 1, 10)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_FBIG));
  }

  // C-011, C-012
  @Test
  void gapBetweenTheOldEndAndTheCopyReadsAsZeros() {
    lab.file("target", "ab");
    assertThat(run(lab, source, target, copy(0, 4, 3))).isEqualTo(ok(lab, 3));
    assertThat(lab.content("target")).isEqualTo("ab\0\0" + "012");
  }

  // C-013, C-014, N-027
  @Test
  void eachSideNeedsAnOpenWithItsAccess() {
    Stateid4 readSource = lab.open(source, "o", Ops.READ);
    Stateid4 writeTarget = lab.open(target, "o", Ops.WRITE);
    assertThat(run(lab, source, target, copy(readSource, writeTarget, 0, 0, 3)))
        .isEqualTo(ok(lab, 3));
    Stateid4 writeSource = lab.open(source, "p", Ops.WRITE);
    Stateid4 readTarget = lab.open(target, "p", Ops.READ);
    assertThat(run(lab, source, target, copy(readSource, readTarget, 0, 0, 3)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_OPENMODE));
    assertThat(run(lab, source, target, copy(writeSource, writeTarget, 0, 0, 3)))
        .isEqualTo(failed(Nfsstat4.NFS4ERR_OPENMODE));
  }

  // C-015, T-019
  @Test
  void stateidOfAnotherFileOrUnknownStateidReturnsBadStateid() {
    Stateid4 readSource = lab.open(source, "o", Ops.READ);
    Stateid4 writeTarget = lab.open(target, "o", Ops.WRITE);
    Stateid4 nothing = new Stateid4(1, Opaque.ofHex("0102030405060708090a0b0c"));
    for (NfsArgop4 bad :
        List.of(
            copy(nothing, writeTarget, 0, 0, 3),
            copy(readSource, nothing, 0, 0, 3),
            copy(writeTarget, readSource, 0, 0, 3))) {
      assertThat(run(lab, source, target, bad)).isEqualTo(failed(Nfsstat4.NFS4ERR_BAD_STATEID));
    }
  }

  // T-015
  @Test
  void currentStateidsOfBothFilehandlesAreAccepted() {
    List<NfsResop4> results =
        lab.run(
            putfh(source),
            Ops.openCurrent("o", Ops.READ, 0),
            savefh(),
            putfh(target),
            Ops.openCurrent("o", Ops.WRITE, 0),
            copy(Stateids.CURRENT, Stateids.CURRENT, 0, 0, 4));
    assertThat(results.getLast()).isEqualTo(ok(lab, 4));
  }

  // C-016
  @Test
  void failedCopyKeepsNoFileOpen() {
    Stateid4 writeTarget = lab.open(target, "o", Ops.WRITE);
    Stateid4 nothing = new Stateid4(1, Opaque.ofHex("0102030405060708090a0b0c"));
    run(lab, source, target, copy(nothing, writeTarget, 0, 0, 3));
    assertThat(lab.status(putfh(target), Ops.close(writeTarget))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.state.size()).isZero();
  }

  // C-017
  @Test
  void denyOfAnotherOwnerFailsACopyWithTheAnonymousStateid() {
    lab.open(target, "o", Ops.READ, 2);
    assertThat(run(lab, source, target, copy(0, 0, 3))).isEqualTo(failed(Nfsstat4.NFS4ERR_LOCKED));
  }

  // C-018
  @Test
  void callerWithoutWritePermissionCannotCopyIntoTheTarget() {
    lab.user(4711);
    assertThat(run(lab, source, target, copy(0, 0, 3))).isEqualTo(failed(Nfsstat4.NFS4ERR_ACCESS));
  }

  // C-019
  @Test
  void fullVolumeReturnsNospc() {
    MemoryVolume small =
        MemoryVolume.builder("small", lab.env.clock())
            .rootMode(0777)
            .capacityBytes(1 << 20)
            .without(Feature.CLONE)
            .build();
    FileLab full = new FileLab(CopyRules.LINUX, small);
    NfsFh4 from = full.file("s", TEXT);
    NfsFh4 to = full.file("t", "");
    full.file("filler", "y".repeat(2 << 20));
    assertThat(run(full, from, to, copy(0, 0, 0))).isEqualTo(failed(Nfsstat4.NFS4ERR_NOSPC));
  }

  // C-021, C-022, C-023, F-007
  @Test
  void everyRequirementIsMetByAConsecutiveSynchronousCopy() {
    for (boolean consecutive : new boolean[] {false, true}) {
      for (boolean synchronous : new boolean[] {false, true}) {
        NfsArgop4 copy =
            new NfsArgop4.Copy(
                new Copy4Args(
                    Stateids.ANONYMOUS,
                    Stateids.ANONYMOUS,
                    0,
                    0,
                    10,
                    consecutive,
                    synchronous,
                    List.of()));
        // C-024: the server may answer a request for an asynchronous copy synchronously.
        assertThat(run(lab, source, target, copy)).isEqualTo(ok(lab, 10));
      }
    }
  }

  // C-029, C-030, C-042
  @Test
  void longCopyIsShortAndResumesAtItsEnd() {
    FileLab slow = new FileLab(CopyRules.LINUX, FileLab.withoutClone("slow"));
    slow.env.advanceOnEachRead(Duration.ofSeconds(3));
    // The memory volume copies 4 MiB at a time.
    NfsFh4 big = slow.file("big", "x".repeat(10 << 20));
    NfsFh4 copy = slow.file("copy", "");
    assertThat(run(slow, big, copy, copy(0, 0, 0))).isEqualTo(ok(slow, 4 << 20));
    assertThat(run(slow, big, copy, copy(4 << 20, 4 << 20, 0))).isEqualTo(ok(slow, 4 << 20));
    assertThat(run(slow, big, copy, copy(8 << 20, 8 << 20, 0))).isEqualTo(ok(slow, 2 << 20));
    assertThat(slow.content("copy")).isEqualTo(slow.content("big"));
  }

  // C-033, D-001
  @Test
  void verifierIsThatOfCommit() {
    run(lab, source, target, copy(0, 0, 0));
    assertThat(lab.last(putfh(target), Ops.commit()))
        .isEqualTo(
            new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(lab.writeVerifier.current()))));
  }

  // C-037
  @Test
  void attributesOfTheTargetShowTheCopyAtOnce() {
    AttrValues before = attributes();
    List<NfsResop4> results =
        lab.run(
            putfh(source),
            savefh(),
            putfh(target),
            copy(0, 0, 0),
            getattr(Attrs.CHANGE, Attrs.SIZE));
    AttrValues after = values(results.getLast());
    assertThat(after.get(Attrs.SIZE)).isEqualTo(10);
    assertThat(after.get(Attrs.CHANGE)).isGreaterThan(before.get(Attrs.CHANGE));
  }

  // W-011, W-013, F-009, I-013
  @Test
  void copyFromAnImpossibleSourceIsDeniedAndALocalCopyStillSucceeds() {
    for (Netloc4 nowhere :
        List.of(
            new Netloc4.Name(Opaque.ofUtf8("no name")),
            new Netloc4.Url(Opaque.ofUtf8("http://example.org/")),
            netaddr("tcp", "169.254.169.254.8.1"),
            netaddr("tcp", "127.0.0.1.0.22"),
            netaddr("tcp", "fe80::1.8.1"),
            netaddr("tcp6", "127.0.0.1.8.1"),
            netaddr("udp", "127.0.0.1.8.1"))) {
      NfsArgop4 between =
          new NfsArgop4.Copy(
              new Copy4Args(
                  new Stateid4(1, Opaque.ofUtf8("of somewhere")),
                  Stateids.ANONYMOUS,
                  0,
                  0,
                  1,
                  true,
                  true,
                  List.of(nowhere)));
      assertThat(run(lab, source, target, between))
          .as(nowhere.toString())
          .isEqualTo(failed(Nfsstat4.NFS4ERR_OFFLOAD_DENIED));
    }
    assertThat(run(lab, source, target, copy(0, 0, 1))).isEqualTo(ok(lab, 1));
  }

  private static Netloc4 netaddr(String netid, String address) {
    return new Netloc4.Netaddr(new Netaddr4(Opaque.ofUtf8(netid), Opaque.ofUtf8(address)));
  }

  // B23
  @Test
  void foreignFilehandleIsStale() {
    NfsFh4 foreign = new NfsFh4(Opaque.ofHex("00112233445566778899aabbccddeeff0011"));
    assertThat(lab.status(putfh(foreign), savefh(), putfh(target), copy(0, 0, 1)))
        .isEqualTo(Nfsstat4.NFS4ERR_STALE);
  }

  @Test
  void copyBetweenTwoExportsGoesThroughTheServer() {
    MemoryVolume other = FileLab.memory("other");
    FileLab two = new FileLab(CopyRules.LINUX, FileLab.memory("one"), other);
    String text = "x".repeat(3_000_000);
    NfsFh4 from = two.file(two.volume, "s", text);
    NfsFh4 to = two.file(other, "t", "");
    assertThat(run(two, from, to, copy(1, 0, 0))).isEqualTo(ok(two, 2_999_999));
    assertThat(FileLab.content(other, "t")).isEqualTo(text.substring(1));
  }

  private AttrValues attributes() {
    return values(lab.last(putfh(target), getattr(Attrs.CHANGE, Attrs.SIZE)));
  }

  static AttrValues values(NfsResop4 result) {
    try {
      return AttrValues.decode(
          ((Getattr4Res.Ok) ((NfsResop4.Getattr) result).res()).value().objAttributes());
    } catch (XdrException e) {
      throw new AssertionError(e);
    }
  }

  private static NfsResop4 run(FileLab lab, NfsFh4 from, NfsFh4 to, NfsArgop4 copy) {
    return lab.last(putfh(from), savefh(), putfh(to), copy);
  }

  static NfsResop4 ok(FileLab lab, long count) {
    return new NfsResop4.Copy(
        new Copy4Res.Ok(
            new Copy4Resok(
                new WriteResponse4(null, count, StableHow4.UNSTABLE4, lab.writeVerifier.current()),
                new CopyRequirements4(true, true))));
  }

  private static NfsResop4 failed(Nfsstat4 status) {
    return new NfsResop4.Copy(new Copy4Res.Failed(status));
  }
}
