package io.ferrynfs.server.testing;

import io.ferrynfs.wire.nfs4.ExistLockOwner4;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.Lock4Args;
import io.ferrynfs.wire.nfs4.Lock4Denied;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Lock4Resok;
import io.ferrynfs.wire.nfs4.Locker4;
import io.ferrynfs.wire.nfs4.Lockt4Args;
import io.ferrynfs.wire.nfs4.Lockt4Res;
import io.ferrynfs.wire.nfs4.Locku4Args;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenToLockOwner4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;

/** Operations on byte-range locks, and their results. */
public final class LockOps {
  /** The length of a range to the end of the file. */
  public static final long TO_END = -1;

  /** What the client puts where a server must not look. */
  private static final long IGNORED = 77;

  private LockOps() {}

  /** LOCK by an open stateid. */
  public static NfsArgop4 lock(
      NfsLockType4 type, Stateid4 open, String owner, long offset, long length) {
    return lock(type, false, open, owner, offset, length);
  }

  /** The same as a reclaim. */
  public static NfsArgop4 reclaimLock(
      NfsLockType4 type, Stateid4 open, String owner, long offset, long length) {
    return lock(type, true, open, owner, offset, length);
  }

  private static NfsArgop4 lock(
      NfsLockType4 type, boolean reclaim, Stateid4 open, String owner, long offset, long length) {
    return new NfsArgop4.Lock(
        new Lock4Args(
            type,
            reclaim,
            offset,
            length,
            new Locker4.True(new OpenToLockOwner4(IGNORED, open, IGNORED, owner(IGNORED, owner)))));
  }

  /** LOCK by a lock stateid. */
  public static NfsArgop4 lockMore(NfsLockType4 type, Stateid4 lock, long offset, long length) {
    return new NfsArgop4.Lock(
        new Lock4Args(
            type, false, offset, length, new Locker4.False(new ExistLockOwner4(lock, IGNORED))));
  }

  /** LOCKT. */
  public static NfsArgop4 lockt(NfsLockType4 type, String owner, long offset, long length) {
    return new NfsArgop4.Lockt(new Lockt4Args(type, offset, length, owner(IGNORED, owner)));
  }

  /** LOCKU. */
  public static NfsArgop4 locku(Stateid4 lock, long offset, long length) {
    return new NfsArgop4.Locku(new Locku4Args(NfsLockType4.READ_LT, IGNORED, lock, offset, length));
  }

  /** FREE_STATEID. */
  public static NfsArgop4 free(Stateid4 stateid) {
    return new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid));
  }

  /** TEST_STATEID. */
  public static NfsArgop4 test(Stateid4... stateids) {
    return new NfsArgop4.TestStateid(new TestStateid4Args(List.of(stateids)));
  }

  /** A lock-owner. */
  public static StateOwner4 owner(long clientid, String name) {
    return new StateOwner4(clientid, Opaque.ofUtf8(name));
  }

  /** LOCK's result with a lock. */
  public static NfsResop4 locked(Stateid4 stateid) {
    return new NfsResop4.Lock(new Lock4Res.Ok(new Lock4Resok(stateid)));
  }

  /** LOCK's result with what is in the way. */
  public static NfsResop4 denied(
      NfsLockType4 type, long clientid, String owner, long offset, long length) {
    return new NfsResop4.Lock(
        new Lock4Res.Denied(new Lock4Denied(offset, length, type, owner(clientid, owner))));
  }

  /** LOCKT's result with what is in the way. */
  public static NfsResop4 found(
      NfsLockType4 type, long clientid, String owner, long offset, long length) {
    return new NfsResop4.Lockt(
        new Lockt4Res.Denied(new Lock4Denied(offset, length, type, owner(clientid, owner))));
  }

  /** LOCK's failed result. */
  public static NfsResop4 refused(Nfsstat4 status) {
    return new NfsResop4.Lock(new Lock4Res.Failed(status));
  }

  /** LOCKU's result. */
  public static NfsResop4 unlocked(Stateid4 stateid) {
    return new NfsResop4.Locku(new Locku4Res.Ok(stateid));
  }

  /** The stateid of a LOCK that succeeded. */
  public static Stateid4 stateid(NfsResop4 result) {
    if (result instanceof NfsResop4.Lock(Lock4Res.Ok(Lock4Resok(Stateid4 stateid)))) {
      return stateid;
    }
    throw new AssertionError(result);
  }
}
