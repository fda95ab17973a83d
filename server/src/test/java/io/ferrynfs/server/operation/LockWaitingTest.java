package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.LockOps.TO_END;
import static io.ferrynfs.server.testing.LockOps.denied;
import static io.ferrynfs.server.testing.LockOps.lock;
import static io.ferrynfs.server.testing.LockOps.lockByLockStateid;
import static io.ferrynfs.server.testing.LockOps.lockt;
import static io.ferrynfs.server.testing.LockOps.locku;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.wire.nfs4.NfsLockType4.READW_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.READ_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.WRITEW_LT;
import static io.ferrynfs.wire.nfs4.NfsLockType4.WRITE_LT;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.LockLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.testing.LockOps;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.wire.nfs4.CbNotifyLock4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Blocking locks: the queue of waiters, and CB_NOTIFY_LOCK (RFC 8881 sections 9.6 and 20.11). */
class LockWaitingTest {
  private static final Duration HANDOVER = LockLimits.defaults().handover();
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final WaitLab lab = new WaitLab(LockLimits.defaults());
  private final Holder alpha = lab.alpha;
  private final Holder beta = lab.beta;
  private final Holder gamma = lab.gamma;

  /** A file and three clients that lock it. */
  private static final class WaitLab {
    final FileLab lab;
    final NfsFh4 file;
    final Holder alpha;
    final Holder beta;
    final Holder gamma;

    WaitLab(LockLimits limits) {
      lab =
          new FileLab(
              ServerLimits.builder().locks(limits).build(),
              CopyRules.LINUX,
              FileLab.memory("data"));
      file = lab.file("file", "content");
      alpha = new Holder(this, "alpha");
      beta = new Holder(this, "beta");
      gamma = new Holder(this, "gamma");
    }

    int waiters() {
      return lab.state.locks().waiterCount();
    }

    void advance(Duration time) {
      lab.env.advance(time);
    }
  }

  /** A client that has the file open, with one lock-owner. */
  private static final class Holder {
    final RawClient client;
    final NfsFh4 file;
    final String name;
    final Stateid4 open;

    Holder(WaitLab lab, String name) {
      this.name = name;
      file = lab.file;
      client = lab.lab.server.client(name).mount();
      open = Ops.stateid(client.call(putfh(file), Ops.openCurrent("o", BOTH, 0)).resarray());
    }

    NfsResop4 call(NfsArgop4 operation) {
      return client.call(putfh(file), operation).resarray().getLast();
    }

    NfsResop4 lock(NfsLockType4 type, long offset, long length) {
      return call(LockOps.lock(type, open, name, offset, length));
    }

    Stateid4 locked(NfsLockType4 type) {
      return LockOps.stateid(lock(type, 0, 10));
    }

    NfsResop4 denial(NfsLockType4 type) {
      return denied(type, client.clientid(), name, 0, 10);
    }

    @Nullable NfsCbArgop4 nextCallback() {
      SentCallback callback = client.connection().nextCallback();
      return callback == null ? null : callback.args().argarray().getLast();
    }

    NfsCbArgop4 notifyLock() {
      return new NfsCbArgop4.NotifyLock(
          new CbNotifyLock4Args(file, LockOps.owner(client.clientid(), name)));
    }
  }

  // RFC 8881 sections 9.6 and 20.11
  @Test
  void longestWaiterIsNotifiedAndGetsTheLockBeforeLaterRequests() {
    Stateid4 held = alpha.locked(WRITE_LT);
    assertThat(beta.lock(WRITEW_LT, 0, 10)).isEqualTo(alpha.denial(WRITE_LT));
    assertThat(gamma.lock(WRITEW_LT, 0, 10)).isEqualTo(alpha.denial(WRITE_LT));
    assertThat(beta.nextCallback()).isNull();
    alpha.call(locku(held, 0, TO_END));
    assertThat(beta.nextCallback()).isEqualTo(beta.notifyLock());
    assertThat(gamma.nextCallback()).isNull();
    assertThat(gamma.lock(WRITEW_LT, 0, 10)).isEqualTo(beta.denial(WRITE_LT));
    assertThat(alpha.lock(WRITE_LT, 0, 10)).isEqualTo(beta.denial(WRITE_LT));
    Stateid4 granted = beta.locked(WRITEW_LT);
    assertThat(lab.waiters()).isEqualTo(1);
    beta.call(locku(granted, 0, TO_END));
    assertThat(gamma.nextCallback()).isEqualTo(gamma.notifyLock());
    gamma.locked(WRITEW_LT);
    assertThat(lab.waiters()).isZero();
  }

  @Test
  void waiterThatDoesNotRetryInTimeLosesItsTurn() { // RFC 8881 section 9.6
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.lock(WRITEW_LT, 0, 10);
    gamma.lock(WRITEW_LT, 0, 10);
    alpha.call(locku(held, 0, TO_END));
    assertThat(gamma.nextCallback()).isNull();
    lab.advance(HANDOVER.minus(MOMENT));
    assertThat(gamma.lock(WRITEW_LT, 0, 10)).isEqualTo(beta.denial(WRITE_LT));
    lab.advance(MOMENT);
    assertThat(gamma.nextCallback()).isEqualTo(gamma.notifyLock());
    assertThat(beta.lock(WRITEW_LT, 0, 10)).isEqualTo(gamma.denial(WRITE_LT));
    lab.advance(HANDOVER);
    assertThat(alpha.lock(READ_LT, 50, 1).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(beta.nextCallback()).isEqualTo(beta.notifyLock());
    beta.locked(WRITE_LT);
  }

  @Test
  void consecutiveWaitersForReadLocksAreNotifiedTogether() { // RFC 8881 section 9.6
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.lock(READW_LT, 0, 10);
    gamma.lock(READW_LT, 5, 10);
    alpha.call(lockByLockStateid(READ_LT, held, 0, 10));
    assertThat(beta.nextCallback()).isEqualTo(beta.notifyLock());
    assertThat(gamma.nextCallback()).isEqualTo(gamma.notifyLock());
    beta.locked(READW_LT);
    assertThat(gamma.lock(READW_LT, 5, 10).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void nonblockingLockRemovesItsOwnerFromTheQueue() { // RFC 8881 section 9.6
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.lock(WRITEW_LT, 0, 10);
    beta.lock(WRITE_LT, 0, 10);
    assertThat(lab.waiters()).isZero();
    alpha.call(locku(held, 0, TO_END));
    assertThat(beta.nextCallback()).isNull();
    gamma.locked(WRITE_LT);
  }

  @Test
  void closeReleasesLocksForWaitersAndLeavesTheQueue() { // RFC 8881 section 18.2.3
    alpha.locked(WRITE_LT);
    beta.lock(WRITEW_LT, 0, 10);
    gamma.lock(WRITEW_LT, 0, 10);
    beta.call(Ops.close(beta.open));
    assertThat(lab.waiters()).isEqualTo(1);
    alpha.call(Ops.close(alpha.open));
    assertThat(beta.nextCallback()).isNull();
    assertThat(gamma.nextCallback()).isEqualTo(gamma.notifyLock());
    gamma.locked(WRITE_LT);
  }

  @Test
  void notifiedWaiterThatClosesItsFilePassesTheLockToTheNext() {
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.lock(WRITEW_LT, 0, 10);
    gamma.lock(WRITEW_LT, 0, 10);
    alpha.call(locku(held, 0, TO_END));
    beta.call(Ops.close(beta.open));
    assertThat(gamma.nextCallback()).isEqualTo(gamma.notifyLock());
    gamma.locked(WRITEW_LT);
  }

  @Test
  void waiterWithoutABackchannelKeepsItsTurnForOneLease() { // RFC 8881 section 9.6
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.client.connection().disconnect();
    beta.client.onConnection(lab.lab.server.connect());
    beta.lock(WRITEW_LT, 0, 10);
    alpha.call(locku(held, 0, TO_END));
    lab.advance(HANDOVER.multipliedBy(2));
    assertThat(gamma.lock(WRITE_LT, 0, 10)).isEqualTo(beta.denial(WRITE_LT));
    lab.advance(Duration.ofSeconds(ServerLimits.defaults().leaseSeconds()));
    gamma.locked(WRITE_LT);
  }

  @Test
  void waiterThatHasNotRetriedForALongTimeIsSkipped() { // RFC 8881 section 9.6
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.lock(WRITEW_LT, 0, 10);
    lab.advance(LockLimits.defaults().patience().plus(MOMENT));
    alpha.call(locku(held, 0, TO_END));
    assertThat(beta.nextCallback()).isNull();
    gamma.locked(WRITE_LT);
  }

  @Test
  void queueIsBoundedAndAClientOutsideItPolls() {
    WaitLab small =
        new WaitLab(
            LockLimits.builder()
                .rangesPerClientMax(9)
                .rangesPerFileMax(9)
                .waitersPerClientMax(2)
                .waitersPerFileMax(3)
                .handover(HANDOVER)
                .build());
    small.alpha.locked(WRITE_LT);
    for (int i = 0; i < 3; i++) {
      small.beta.lock(WRITEW_LT, i, 1);
      small.gamma.lock(WRITEW_LT, i, 1);
    }
    assertThat(small.waiters()).isEqualTo(3);
    small.advance(LockLimits.defaults().patience().minus(MOMENT));
    small.alpha.client.call();
    small.advance(MOMENT.multipliedBy(2));
    assertThat(small.gamma.lock(WRITEW_LT, 8, 1).status()).isEqualTo(Nfsstat4.NFS4ERR_DENIED);
    assertThat(small.waiters()).isEqualTo(1);
  }

  @Test
  void lockReservedForAWaiterIsNotAConflictForLockt() { // RFC 8881 section 18.11.3
    Stateid4 held = alpha.locked(WRITE_LT);
    beta.lock(WRITEW_LT, 0, 10);
    alpha.call(locku(held, 0, TO_END));
    assertThat(gamma.call(lockt(WRITE_LT, "x", 0, TO_END)).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(gamma.call(lock(WRITE_LT, gamma.open, "x", 20, 5)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }
}
