package io.ferrynfs.server.recovery;

import static io.ferrynfs.server.recovery.RestartLab.COMPLETE;
import static io.ferrynfs.server.recovery.RestartLab.LEASE;
import static io.ferrynfs.server.recovery.RestartLab.reclaimed;
import static io.ferrynfs.server.testing.LockOps.TO_END;
import static io.ferrynfs.server.testing.LockOps.denied;
import static io.ferrynfs.server.testing.LockOps.lock;
import static io.ferrynfs.server.testing.LockOps.lockFailed;
import static io.ferrynfs.server.testing.LockOps.locked;
import static io.ferrynfs.server.testing.LockOps.lockt;
import static io.ferrynfs.server.testing.LockOps.locku;
import static io.ferrynfs.server.testing.LockOps.reclaimLock;
import static io.ferrynfs.server.testing.LockOps.unlocked;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.wire.nfs4.NfsLockType4.READ_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.WRITE_LT;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.LockOps;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.nfs4.Lockt4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import org.junit.jupiter.api.Test;

/** Byte-range locks after a restart (RFC 8881 sections 8.4.2.1 and 9.11). */
class LockReclaimTest {
  private final RestartLab lab = new RestartLab();
  private final RawClient client = lab.mounted("alpha");
  private final RawClient other = lab.mounted("beta");
  private final NfsFh4 file = lab.opened(client, "f", BOTH, NONE);

  private NfsResop4 call(RawClient caller, NfsArgop4 operation) {
    return caller.call(putfh(file), operation).resarray().getLast();
  }

  private Stateid4 restarted() {
    lab.restart();
    client.reconnect(lab.server);
    other.reconnect(lab.server);
    return reclaimed(client, file, BOTH, NONE);
  }

  @Test
  void lockReclaimedWithItsOpenExcludesOthersAfterwards() {
    Stateid4 open = restarted();
    NfsResop4 result = call(client, reclaimLock(WRITE_LT, open, "l", 5, TO_END));
    Stateid4 stateid = LockOps.stateid(result);
    assertThat(result).isEqualTo(locked(new Stateid4(1, stateid.other())));
    assertThat(call(client, reclaimLock(READ_LT, open, "l", 0, 2)))
        .isEqualTo(locked(new Stateid4(2, stateid.other())));
    client.call(COMPLETE);
    other.call(COMPLETE);
    Stateid4 theirs =
        Ops.stateid(other.call(putfh(file), Ops.openCurrent("o", BOTH, NONE)).resarray());
    assertThat(call(other, lock(WRITE_LT, theirs, "l", 9, 1)))
        .isEqualTo(denied(WRITE_LT, client.clientid(), "l", 5, TO_END));
  }

  @Test
  void gracePeriodAllowsNoNewLocksAndNoLockTests() {
    Stateid4 open = restarted();
    NfsResop4 grace = lockFailed(Nfsstat4.NFS4ERR_GRACE);
    assertThat(call(client, lock(READ_LT, open, "l", 0, 1))).isEqualTo(grace);
    assertThat(call(client, lockt(READ_LT, "l", 0, 1)))
        .isEqualTo(new NfsResop4.Lockt(new Lockt4Res.Failed(Nfsstat4.NFS4ERR_GRACE)));
    Stateid4 lock = LockOps.stateid(call(client, reclaimLock(WRITE_LT, open, "l", 0, 1)));
    // An unlock releases only what its own client could reclaim.
    assertThat(call(client, locku(lock, 0, 1))).isEqualTo(unlocked(new Stateid4(2, lock.other())));
  }

  @Test
  void lockIsNotReclaimedOutsideTheGracePeriodOrAfterReclaimComplete() {
    NfsResop4 noGrace = lockFailed(Nfsstat4.NFS4ERR_NO_GRACE);
    Stateid4 before =
        Ops.stateid(client.call(putfh(file), Ops.openCurrent("o", BOTH, NONE)).resarray());
    assertThat(call(client, reclaimLock(WRITE_LT, before, "l", 0, 1))).isEqualTo(noGrace);
    Stateid4 open = restarted();
    client.call(COMPLETE);
    assertThat(lab.inGrace()).isTrue();
    assertThat(call(client, reclaimLock(WRITE_LT, open, "l", 0, 1))).isEqualTo(noGrace);
    lab.advance(LEASE);
    assertThat(call(client, reclaimLock(WRITE_LT, open, "l", 0, 1))).isEqualTo(noGrace);
  }

  @Test
  void conflictingLockReclaimsFail() {
    Stateid4 open = restarted();
    Stateid4 theirs = reclaimed(other, file, BOTH, NONE);
    assertThat(call(client, reclaimLock(WRITE_LT, open, "l", 0, 10)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(call(other, reclaimLock(READ_LT, theirs, "l", 9, 1)))
        .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_RECLAIM_CONFLICT));
    assertThat(lab.server.services().state().locks().waiterCount()).isZero();
  }

  @Test
  void lockIsNotReclaimedWithoutItsOpen() {
    Stateid4 before =
        Ops.stateid(client.call(putfh(file), Ops.openCurrent("o", BOTH, NONE)).resarray());
    lab.restart();
    client.reconnect(lab.server);
    assertThat(call(client, reclaimLock(WRITE_LT, before, "l", 0, 1)))
        .isEqualTo(lockFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
  }
}
