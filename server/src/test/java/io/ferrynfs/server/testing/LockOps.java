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

/** Byte-range lock operations and their results. */
public final class LockOps {
  /** The length of a range that extends to the end of the file. */
  public static final long TO_END = -1;

  /** A value for the fields that a server must ignore. */
  private static final long IGNORED = 77;

  private LockOps() {}

  /** Returns a LOCK that uses an open stateid. */
  public static NfsArgop4 lock(
      NfsLockType4 type, Stateid4 open, String owner, long offset, long length) {
    return lock(type, false, open, owner, offset, length);
  }

  /** Returns a LOCK that uses an open stateid and reclaims the lock. */
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

  /** Returns a LOCK that uses a lock stateid. */
  public static NfsArgop4 lockByLockStateid(
      NfsLockType4 type, Stateid4 lock, long offset, long length) {
    return new NfsArgop4.Lock(
        new Lock4Args(
            type, false, offset, length, new Locker4.False(new ExistLockOwner4(lock, IGNORED))));
  }

  /** Returns a LOCKT. */
  public static NfsArgop4 lockt(NfsLockType4 type, String owner, long offset, long length) {
    return new NfsArgop4.Lockt(new Lockt4Args(type, offset, length, owner(IGNORED, owner)));
  }

  /** Returns a LOCKU. */
  public static NfsArgop4 locku(Stateid4 lock, long offset, long length) {
    return new NfsArgop4.Locku(new Locku4Args(NfsLockType4.READ_LT, IGNORED, lock, offset, length));
  }

  /** Returns a FREE_STATEID. */
  public static NfsArgop4 free(Stateid4 stateid) {
    return new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid));
  }

  /** Returns a TEST_STATEID. */
  public static NfsArgop4 test(Stateid4... stateids) {
    return new NfsArgop4.TestStateid(new TestStateid4Args(List.of(stateids)));
  }

  /** Returns a lock-owner. */
  public static StateOwner4 owner(long clientid, String name) {
    return new StateOwner4(clientid, Opaque.ofUtf8(name));
  }

  /** Returns the result of a LOCK that succeeded. */
  public static NfsResop4 locked(Stateid4 stateid) {
    return new NfsResop4.Lock(new Lock4Res.Ok(new Lock4Resok(stateid)));
  }

  /**
   * Returns the result of a LOCK that failed with NFS4ERR_DENIED; the arguments describe the
   * conflicting lock.
   */
  public static NfsResop4 denied(
      NfsLockType4 type, long clientid, String owner, long offset, long length) {
    return new NfsResop4.Lock(
        new Lock4Res.Denied(new Lock4Denied(offset, length, type, owner(clientid, owner))));
  }

  /**
   * Returns the result of a LOCKT that failed with NFS4ERR_DENIED; the arguments describe the
   * conflicting lock.
   */
  public static NfsResop4 locktDenied(
      NfsLockType4 type, long clientid, String owner, long offset, long length) {
    return new NfsResop4.Lockt(
        new Lockt4Res.Denied(new Lock4Denied(offset, length, type, owner(clientid, owner))));
  }

  /** Returns the result of a LOCK that failed with a status other than NFS4ERR_DENIED. */
  public static NfsResop4 lockFailed(Nfsstat4 status) {
    return new NfsResop4.Lock(new Lock4Res.Failed(status));
  }

  /** Returns the result of a LOCKU that succeeded. */
  public static NfsResop4 unlocked(Stateid4 stateid) {
    return new NfsResop4.Locku(new Locku4Res.Ok(stateid));
  }

  /** Returns the stateid of a LOCK that succeeded. */
  public static Stateid4 stateid(NfsResop4 result) {
    if (result instanceof NfsResop4.Lock(Lock4Res.Ok(Lock4Resok(Stateid4 stateid)))) {
      return stateid;
    }
    throw new AssertionError(result);
  }
}
