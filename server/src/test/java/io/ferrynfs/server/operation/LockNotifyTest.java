package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.NotifyLab.last;
import static io.ferrynfs.server.testing.LockOps.TO_END;
import static io.ferrynfs.server.testing.LockOps.free;
import static io.ferrynfs.server.testing.LockOps.lock;
import static io.ferrynfs.server.testing.LockOps.locku;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.wire.nfs4.NfsLockType4.READ_LT;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.LockOps;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import org.junit.jupiter.api.Test;

/** COPY_NOTIFY with the stateid of a lock: RFC 7862 sections 4.3.1 and 15.3.3. */
class LockNotifyTest {
  private final NotifyLab lab = new NotifyLab();
  private final Stateid4 open = lab.open(Ops.READ);
  private final Stateid4 lock =
      LockOps.stateid(last(lab.client, putfh(lab.file), lock(READ_LT, open, "l", 0, 10)));
  private final Stateid4 notify = lab.notify(lock);

  private Nfsstat4 run(NfsArgop4 operation) {
    return last(lab.client, putfh(lab.file), operation).status();
  }

  private NfsResop4 pulled() {
    return lab.pull(notify);
  }

  @Test
  void copyNotifyStateidOfALockReadsLikeOneOfItsOpen() { // T-006, N-013
    assertThat(pulled().status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(run(locku(lock, 0, TO_END))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(pulled().status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void copyNotifyStateidEndsWhenTheLockStateidIsFreed() { // B31, N-019, N-020
    run(locku(lock, 0, TO_END));
    assertThat(run(free(new Stateid4(0, lock.other())))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(pulled().status()).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.state.size()).isEqualTo(1);
  }

  @Test
  void copyNotifyStateidEndsWhenTheOpenIsClosed() { // B31, N-019, N-020
    run(locku(lock, 0, TO_END));
    assertThat(run(Ops.close(open))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(pulled().status()).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(run(free(new Stateid4(0, lock.other())))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.state.size()).isZero();
    lab.env.advance(NotifyLab.LEASE.multipliedBy(3));
    lab.state.reap();
    assertThat(lab.state.size()).isZero();
  }

  @Test
  void copyNotifyStateidEndsWithTheClientThatHoldsTheLock() { // B31, N-020
    lab.state.removeClient(lab.client.clientid());
    assertThat(lab.state.size()).isZero();
    assertThat(lab.state.locks().rangeCount()).isZero();
    assertThat(pulled().status()).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }
}
