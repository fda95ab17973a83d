package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.LockOps.TO_END;
import static io.ferrynfs.server.testing.LockOps.denied;
import static io.ferrynfs.server.testing.LockOps.free;
import static io.ferrynfs.server.testing.LockOps.lock;
import static io.ferrynfs.server.testing.LockOps.lockByLockStateid;
import static io.ferrynfs.server.testing.LockOps.lockFailed;
import static io.ferrynfs.server.testing.LockOps.locked;
import static io.ferrynfs.server.testing.LockOps.lockt;
import static io.ferrynfs.server.testing.LockOps.locktDenied;
import static io.ferrynfs.server.testing.LockOps.locku;
import static io.ferrynfs.server.testing.LockOps.unlocked;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.wire.nfs4.NfsLockType4.READW_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.READ_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.WRITEW_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.WRITE_LT;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.LockLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.LockOps;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Lockt4Res;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenDowngrade4Args;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import io.ferrynfs.wire.nfs4.TestStateid4Resok;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** LOCK, LOCKT and LOCKU: RFC 8881 sections 9.1 to 9.5 and 18.10 to 18.12. */
class LockTest {
  private static final NfsResop4 FREE = new NfsResop4.Lockt(new Lockt4Res.Ok());

  private final FileLab lab = new FileLab();
  private final NfsFh4 file = lab.file("file", "content");
  private final Stateid4 open = lab.open(file, "o", BOTH);
  private final RawClient other = lab.server.client("other").mount();
  private final Stateid4 otherOpen = Ops.stateid(asOther(Ops.openCurrent("o", BOTH, 0)));

  private List<NfsResop4> asOther(NfsArgop4... operations) {
    List<NfsResop4> results = other.call(RawClient.in(putfh(file), operations)).resarray();
    return results.subList(2, results.size());
  }

  private NfsResop4 other(NfsArgop4 operation) {
    return asOther(operation).getFirst();
  }

  private NfsResop4 on(NfsFh4 where, NfsArgop4 operation) {
    return lab.last(putfh(where), operation);
  }

  private NfsResop4 call(NfsArgop4 operation) {
    return on(file, operation);
  }

  private Stateid4 held(String owner, NfsLockType4 type, long offset, long length) {
    return LockOps.stateid(call(lock(type, open, owner, offset, length)));
  }

  private static Stateid4 seqid(long seqid, Stateid4 stateid) {
    return new Stateid4(seqid, stateid.other());
  }

  private static NfsResop4 lockuFailed(Nfsstat4 status) {
    return new NfsResop4.Locku(new Locku4Res.Failed(status));
  }

  private static NfsResop4 locktFailed(Nfsstat4 status) {
    return new NfsResop4.Lockt(new Lockt4Res.Failed(status));
  }

  @Test
  void seqidOfALockStateidCountsLocksAndUnlocks() { // RFC 8881 section 9.4
    NfsResop4 first = call(lock(WRITE_LT, open, "l", 0, 10));
    Stateid4 stateid = LockOps.stateid(first);
    assertThat(first).isEqualTo(locked(seqid(1, stateid)));
    assertThat(stateid.other()).isNotEqualTo(open.other());
    assertThat(call(lockByLockStateid(READ_LT, stateid, 20, TO_END)))
        .isEqualTo(locked(seqid(2, stateid)));
    assertThat(call(lock(WRITE_LT, open, "l", 0, 10))).isEqualTo(locked(seqid(3, stateid)));
    assertThat(call(locku(seqid(3, stateid), 0, TO_END))).isEqualTo(unlocked(seqid(4, stateid)));
    assertThat(call(lockByLockStateid(WRITE_LT, seqid(0, stateid), 0, 1)))
        .isEqualTo(locked(seqid(5, stateid)));
  }

  @Test
  void retriedLockIsReplayedAndNotRepeated() { // W-027
    NfsArgop4[] call =
        RawClient.in(
            lab.client.sequence(1, 1, true), putfh(file), lock(WRITE_LT, open, "l", 0, 10));
    var first = lab.client.compound(call);
    Stateid4 stateid = LockOps.stateid(first.resarray().getLast());
    assertThat(lab.client.compound(call)).isEqualTo(first);
    assertThat(call(locku(stateid, 0, TO_END))).isEqualTo(unlocked(seqid(2, stateid)));
    assertThat(lab.client.compound(call)).isEqualTo(first);
    assertThat(lab.state.locks().rangeCount()).isZero();
  }

  @Test
  void deniedLockNamesTheConflictingClientOwnerAndRange() { // RFC 8881 sections 18.10.3, 18.11.3
    held("l", WRITE_LT, 10, 10);
    long holder = lab.client.clientid();
    NfsResop4 denial = denied(WRITE_LT, holder, "l", 10, 10);
    assertThat(other(lock(READ_LT, otherOpen, "l", 0, TO_END))).isEqualTo(denial);
    assertThat(other(lock(WRITE_LT, otherOpen, "l", 19, 1))).isEqualTo(denial);
    assertThat(other(lockt(READ_LT, "l", 15, 1)))
        .isEqualTo(locktDenied(WRITE_LT, holder, "l", 10, 10));
    assertThat(call(lockt(READW_LT, "m", 15, 1)))
        .isEqualTo(locktDenied(WRITE_LT, holder, "l", 10, 10));
    assertThat(call(lock(WRITE_LT, open, "m", 15, 1))).isEqualTo(denial);
    assertThat(lab.state.locks().rangeCount()).isEqualTo(1);
    assertThat(lab.state.size()).as("a denied LOCK creates no stateid").isEqualTo(3);
  }

  @Test
  void lockToTheEndOfTheFileIsReportedWithTheMaximumLength() { // RFC 8881 section 18.10.3
    held("l", READ_LT, 5, TO_END);
    assertThat(other(lockt(WRITE_LT, "l", Long.MAX_VALUE, 1)))
        .isEqualTo(locktDenied(READ_LT, lab.client.clientid(), "l", 5, TO_END));
  }

  @Test
  void readLocksAreSharedAndAdjacentRangesDoNotConflict() { // RFC 8881 section 9.1
    held("l", READ_LT, 0, 10);
    held("m", WRITE_LT, 10, 10);
    assertThat(other(lockt(READ_LT, "l", 0, 10))).isEqualTo(FREE);
    assertThat(other(lock(READ_LT, otherOpen, "l", 0, 10))).isInstanceOf(NfsResop4.Lock.class);
    assertThat(other(lockt(WRITE_LT, "l", 20, TO_END))).isEqualTo(FREE);
    assertThat(other(lockt(WRITE_LT, "l", 0, 1)))
        .isEqualTo(locktDenied(READ_LT, lab.client.clientid(), "l", 0, 10));
    assertThat(lab.state.locks().rangeCount()).isEqualTo(3);
  }

  @Test
  void locksOfOneOwnerDoNotConflictAcrossItsOpens() { // RFC 8881 sections 9.5, 18.11.4
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    Stateid4 second = lab.open(file, "another open-owner", BOTH);
    assertThat(call(lockt(WRITE_LT, "l", 0, TO_END))).isEqualTo(FREE);
    Stateid4 moved = LockOps.stateid(call(lock(READ_LT, second, "l", 5, 10)));
    assertThat(moved.other()).isNotEqualTo(lock.other());
    // The stateid that lost a part of its range keeps its seqid.
    assertThat(call(locku(lock, 0, 1))).isEqualTo(unlocked(seqid(2, lock)));
    assertThat(lab.status(putfh(file), Ops.close(open))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(other(lockt(WRITE_LT, "x", 0, TO_END)))
        .isEqualTo(locktDenied(READ_LT, lab.client.clientid(), "l", 5, 10));
  }

  @Test
  void lockIsUpgradedAndDowngradedAtomically() { // RFC 8881 section 9.3
    Stateid4 lock = held("l", READ_LT, 0, 10);
    Stateid4 theirs = LockOps.stateid(other(lock(READ_LT, otherOpen, "t", 5, 1)));
    assertThat(call(lockByLockStateid(WRITE_LT, lock, 0, 10)))
        .isEqualTo(denied(READ_LT, other.clientid(), "t", 5, 1));
    assertThat(other(lockt(WRITE_LT, "t", 0, 10)))
        .isEqualTo(locktDenied(READ_LT, lab.client.clientid(), "l", 0, 10));
    assertThat(other(locku(theirs, 0, TO_END))).isEqualTo(unlocked(seqid(2, theirs)));
    assertThat(call(lockByLockStateid(WRITE_LT, lock, 0, 10))).isEqualTo(locked(seqid(2, lock)));
    assertThat(other(lockt(READ_LT, "t", 0, 10)))
        .isEqualTo(locktDenied(WRITE_LT, lab.client.clientid(), "l", 0, 10));
    assertThat(call(lockByLockStateid(READ_LT, seqid(2, lock), 0, 5)))
        .isEqualTo(locked(seqid(3, lock)));
    assertThat(other(lockt(READ_LT, "t", 0, 10)))
        .isEqualTo(locktDenied(WRITE_LT, lab.client.clientid(), "l", 5, 5));
  }

  @Test
  void unlockOfAnUnlockedRangeSucceeds() { // RFC 8881 section 18.12.4
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    assertThat(call(locku(lock, 100, 10))).isEqualTo(unlocked(seqid(2, lock)));
    assertThat(call(locku(seqid(2, lock), 2, 3))).isEqualTo(unlocked(seqid(3, lock)));
    assertThat(other(lockt(READ_LT, "t", 2, 3))).isEqualTo(FREE);
    assertThat(other(lockt(READ_LT, "t", 0, 10)))
        .isEqualTo(locktDenied(WRITE_LT, lab.client.clientid(), "l", 0, 2));
  }

  @Test
  void emptyRangeAndRangeBeyondTheLastOffsetAreInvalid() { // RFC 8881 sections 18.10.3, 18.12.3
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    for (long[] bad : new long[][] {{0, 0}, {-1, 2}, {2, -2}}) {
      assertThat(call(lockByLockStateid(READ_LT, lock, bad[0], bad[1])))
          .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_INVAL));
      assertThat(call(locku(lock, bad[0], bad[1]))).isEqualTo(lockuFailed(Nfsstat4.NFS4ERR_INVAL));
      assertThat(call(lockt(READ_LT, "l", bad[0], bad[1])))
          .isEqualTo(locktFailed(Nfsstat4.NFS4ERR_INVAL));
    }
    assertThat(lab.state.locks().rangeCount()).isEqualTo(1);
  }

  @Test
  void lockNeedsAnOpenWithTheMatchingAccess() { // RFC 8881 section 18.10.4, as POSIX
    Stateid4 reading = lab.open(file, "reader", READ);
    Stateid4 writing = lab.open(file, "writer", WRITE);
    NfsResop4 wrongMode = lockFailed(Nfsstat4.NFS4ERR_OPENMODE);
    assertThat(call(lock(WRITE_LT, reading, "l", 0, 1))).isEqualTo(wrongMode);
    assertThat(call(lock(WRITEW_LT, reading, "l", 0, 1))).isEqualTo(wrongMode);
    assertThat(call(lock(READ_LT, writing, "l", 0, 1))).isEqualTo(wrongMode);
    Stateid4 lock = LockOps.stateid(call(lock(READ_LT, reading, "l", 0, 1)));
    assertThat(call(lockByLockStateid(WRITE_LT, lock, 0, 1))).isEqualTo(wrongMode);
    assertThat(call(lock(WRITE_LT, writing, "w", 5, 1))).isInstanceOf(NfsResop4.Lock.class);
  }

  @Test
  void onlyRegularFilesCanBeLocked() { // RFC 8881 sections 18.10.3, 18.11.3
    NfsFh4 root = Ops.filehandle(lab.run(putrootfh(), Ops.getfh()));
    NfsFh4 link = made(new Createtype4.Lnk(Opaque.ofUtf8("x")));
    NfsFh4 fifo = made(new Createtype4.Fifo());
    assertNotLocked(root, Nfsstat4.NFS4ERR_ISDIR);
    assertNotLocked(link, Nfsstat4.NFS4ERR_SYMLINK);
    assertNotLocked(fifo, Nfsstat4.NFS4ERR_WRONG_TYPE);
    assertThat(lab.last(lock(READ_LT, open, "l", 0, 1)))
        .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_NOFILEHANDLE));
  }

  private void assertNotLocked(NfsFh4 where, Nfsstat4 status) {
    assertThat(on(where, lock(READ_LT, open, "l", 0, 1))).isEqualTo(lockFailed(status));
    assertThat(on(where, lockt(READ_LT, "l", 0, 1))).isEqualTo(locktFailed(status));
  }

  private NfsFh4 made(Createtype4 type) {
    return Ops.filehandle(
        lab.run(putrootfh(), Ops.create(type, "x" + type.type(), AttrValues.EMPTY), Ops.getfh()));
  }

  // RFC 8881 sections 8.2.4, 18.10.3
  @Test
  void eachArmOfLockRequiresItsOwnKindOfStateidAndACurrentSeqid() {
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    Stateid4 upgraded = lab.open(file, "o", READ);
    NfsResop4 bad = lockFailed(Nfsstat4.NFS4ERR_BAD_STATEID);
    NfsResop4 old = lockFailed(Nfsstat4.NFS4ERR_OLD_STATEID);
    assertThat(call(lock(READ_LT, open, "l", 0, 1))).isEqualTo(old);
    assertThat(call(lock(READ_LT, seqid(9, upgraded), "l", 0, 1))).isEqualTo(bad);
    assertThat(call(lock(READ_LT, lock, "l", 0, 1))).isEqualTo(bad);
    assertThat(call(lock(READ_LT, otherOpen, "l", 0, 1))).isEqualTo(bad);
    assertThat(call(lock(READ_LT, Stateids.ANONYMOUS, "l", 0, 1))).isEqualTo(bad);
    assertThat(call(lock(READ_LT, Stateids.READ_BYPASS, "l", 0, 1))).isEqualTo(bad);
    assertThat(call(lockByLockStateid(READ_LT, upgraded, 0, 1))).isEqualTo(bad);
    assertThat(call(lockByLockStateid(READ_LT, seqid(2, lock), 0, 1))).isEqualTo(bad);
    assertThat(call(locku(upgraded, 0, 1))).isEqualTo(lockuFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(call(lockByLockStateid(READ_LT, lock, 0, 1))).isEqualTo(locked(seqid(2, lock)));
    assertThat(call(lockByLockStateid(READ_LT, lock, 0, 1))).isEqualTo(old);
    assertThat(call(locku(lock, 0, 1))).isEqualTo(lockuFailed(Nfsstat4.NFS4ERR_OLD_STATEID));
    assertThat(on(lab.file("elsewhere", ""), lockByLockStateid(READ_LT, seqid(2, lock), 0, 1)))
        .isEqualTo(bad);
    assertThat(other(lockByLockStateid(READ_LT, seqid(2, lock), 0, 1))).isEqualTo(bad);
  }

  @Test
  void lockOperationsUseAndSetTheCurrentStateid() { // RFC 8881 sections 8.2.3, 16.2.3.1.2
    List<NfsResop4> results =
        lab.run(
            putfh(file),
            Ops.openCurrent("current", BOTH, 0),
            lock(WRITE_LT, Stateids.CURRENT, "l", 0, 10),
            lockByLockStateid(READ_LT, Stateids.CURRENT, 0, 5),
            Ops.read(Stateids.CURRENT, 7),
            locku(Stateids.CURRENT, 0, TO_END),
            free(Stateids.CURRENT));
    assertThat(results).hasSize(7);
    assertThat(results.getLast().status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.state.locks().rangeCount()).isZero();
  }

  @Test
  void lockStateidReadsAndWritesWithTheAccessOfItsOpen() { // RFC 8881 sections 8.2.5, 9.1.2
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    assertThat(lab.status(putfh(file), Ops.read(lock, 7))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(putfh(file), Ops.write(lock, 0, StableHow4.FILE_SYNC4, "C")))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(
            lab.status(
                putfh(file), Ops.setattr(lock, AttrValues.builder().put(Attrs.SIZE, 3L).build())))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.content("file")).isEqualTo("Con");
    lab.run(
        putfh(file),
        Ops.openCurrent("o", READ, 0),
        new NfsArgop4.OpenDowngrade(new OpenDowngrade4Args(Stateids.CURRENT, 0, READ, 0)));
    assertThat(lab.status(putfh(file), Ops.write(lock, 0, StableHow4.FILE_SYNC4, "x")))
        .isEqualTo(Nfsstat4.NFS4ERR_OPENMODE);
    // OPEN_DOWNGRADE neither releases nor grants a lock.
    assertThat(other(lockt(READ_LT, "t", 0, 1)))
        .isEqualTo(locktDenied(WRITE_LT, lab.client.clientid(), "l", 0, 10));
    assertThat(call(lockByLockStateid(WRITE_LT, lock, 20, 1)))
        .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_OPENMODE));
  }

  @Test
  void locksAreAdvisoryForReadsAndWrites() { // N-031
    held("l", WRITE_LT, 0, TO_END);
    assertThat(other(Ops.read(otherOpen, 7)).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(other(Ops.read(Stateids.ANONYMOUS, 7)).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(other(Ops.write(otherOpen, 0, StableHow4.FILE_SYNC4, "c")).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void freeStateidAcceptsALockStateidOnlyWithoutLocks() { // RFC 8881 section 18.38.3
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    assertThat(lab.status(free(lock))).isEqualTo(Nfsstat4.NFS4ERR_LOCKS_HELD);
    assertThat(lab.status(free(open))).isEqualTo(Nfsstat4.NFS4ERR_LOCKS_HELD);
    call(locku(lock, 0, TO_END));
    assertThat(lab.status(free(lock))).isEqualTo(Nfsstat4.NFS4ERR_OLD_STATEID);
    assertThat(lab.status(free(seqid(2, lock)))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.status(free(seqid(2, lock)))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(call(lockByLockStateid(WRITE_LT, seqid(2, lock), 0, 1)))
        .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(held("l", WRITE_LT, 0, 1).other()).isNotEqualTo(lock.other());
  }

  @Test
  void testStateidReportsLockStateids() { // RFC 8881 section 18.48.3
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    call(locku(lock, 0, 1));
    NfsResop4 result =
        lab.last(LockOps.test(lock, seqid(2, lock), seqid(0, lock), seqid(3, lock), open));
    assertThat(result)
        .isEqualTo(
            new NfsResop4.TestStateid(
                new TestStateid4Res.Ok(
                    new TestStateid4Resok(
                        List.of(
                            Nfsstat4.NFS4ERR_OLD_STATEID,
                            Nfsstat4.NFS4_OK,
                            Nfsstat4.NFS4_OK,
                            Nfsstat4.NFS4ERR_BAD_STATEID,
                            Nfsstat4.NFS4_OK)))));
  }

  @Test
  void closeReleasesTheLocksOfItsOpen() { // RFC 8881 section 18.2.3
    Stateid4 lock = held("l", WRITE_LT, 0, 10);
    held("m", READ_LT, 20, TO_END);
    assertThat(lab.status(putfh(file), Ops.close(open))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(other(lockt(WRITE_LT, "t", 0, TO_END))).isEqualTo(FREE);
    assertThat(call(locku(lock, 0, 1))).isEqualTo(lockuFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    assertThat(lab.state.locks().rangeCount()).isZero();
    assertThat(lab.state.size()).isEqualTo(1);
  }

  @Test
  void lockBeyondTheLimitOfItsClientReturnsDelayAndOthersAreUnaffected() {
    LockLimits few =
        LockLimits.builder()
            .rangesPerClientMax(2)
            .rangesPerFileMax(3)
            .waitersPerClientMax(8)
            .waitersPerFileMax(8)
            .build();
    FileLab small =
        new FileLab(
            ServerLimits.builder().locks(few).build(), CopyRules.LINUX, FileLab.memory("small"));
    NfsFh4 there = small.file("f", "");
    Stateid4 mine = small.open(there, "o", BOTH);
    NfsResop4 full = lockFailed(Nfsstat4.NFS4ERR_DELAY);
    Stateid4 lock = LockOps.stateid(small.last(putfh(there), lock(WRITE_LT, mine, "l", 0, 10)));
    assertThat(small.last(putfh(there), lockByLockStateid(READ_LT, lock, 3, 3))).isEqualTo(full);
    assertThat(small.last(putfh(there), lock(READ_LT, mine, "m", 50, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(small.last(putfh(there), lock(READ_LT, mine, "m", 60, 1))).isEqualTo(full);
    assertThat(small.last(putfh(there), lock(READ_LT, mine, "n", 70, 1))).isEqualTo(full);
    assertThat(small.last(putfh(there), locku(lock, 3, 3)))
        .isEqualTo(lockuFailed(Nfsstat4.NFS4ERR_DELAY));
    RawClient neighbour = small.server.client("neighbour").mount();
    Stateid4 theirs =
        Ops.stateid(neighbour.call(putfh(there), Ops.openCurrent("o", BOTH, 0)).resarray());
    assertThat(neighbour.call(putfh(there), lock(READ_LT, theirs, "l", 80, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(neighbour.call(putfh(there), lock(READ_LT, theirs, "l", 90, 1)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(small.last(putfh(there), locku(lock, 0, 10))).isEqualTo(unlocked(seqid(2, lock)));
    assertThat(small.last(putfh(there), lock(READ_LT, mine, "m", 60, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void atTheLimitOfStateidsALockOfANewOwnerReturnsDelay() {
    FileLab small =
        new FileLab(
            ServerLimits.builder().stateidsPerClientMax(2).build(),
            CopyRules.LINUX,
            FileLab.memory("small"));
    NfsFh4 there = small.file("f", "");
    Stateid4 mine = small.open(there, "o", BOTH);
    Stateid4 lock = LockOps.stateid(small.last(putfh(there), lock(WRITE_LT, mine, "l", 0, 10)));
    assertThat(small.last(putfh(there), lock(WRITE_LT, mine, "m", 20, 10)))
        .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_DELAY));
    assertThat(small.last(putfh(there), lockByLockStateid(WRITE_LT, lock, 20, 10)))
        .isEqualTo(locked(seqid(2, lock)));
    assertThat(small.state.locks().rangeCount()).isEqualTo(2);
  }
}
