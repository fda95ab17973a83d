package io.ferrynfs.server.operation.support;

import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.state.ByteRange;
import io.ferrynfs.server.state.LockConflict;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Lock4Denied;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StateOwner4;

/** Functions that LOCK, LOCKT and LOCKU share. */
public final class LockSupport {
  /** The result DENIED has the owner of the conflicting lock, which may have 1024 bytes. */
  public static final int REPLY_BYTES_MAX = 1152;

  private LockSupport() {}

  public static boolean isExclusive(NfsLockType4 type) {
    return switch (type) {
      case WRITE_LT, WRITEW_LT -> true;
      case READ_LT, READW_LT -> false;
    };
  }

  /** Returns whether the client retries until it has the lock. */
  public static boolean waits(NfsLockType4 type) {
    return switch (type) {
      case READW_LT, WRITEW_LT -> true;
      case READ_LT, WRITE_LT -> false;
    };
  }

  public static Lock4Denied denied(LockConflict conflict) {
    ByteRange range = conflict.range();
    return new Lock4Denied(
        range.first(),
        range.length(),
        conflict.exclusive() ? NfsLockType4.WRITE_LT : NfsLockType4.READ_LT,
        new StateOwner4(conflict.clientid(), conflict.owner()));
  }

  /**
   * Checks that the object is a regular file because other types have no locks.
   *
   * @throws NfsStatusException NFS4ERR_ISDIR, NFS4ERR_SYMLINK, NFS4ERR_WRONG_TYPE (RFC 8881 section
   *     18.10.3)
   */
  public static void checkIsFile(CompoundContext c) throws NfsStatusException, StorageException {
    FileRef file = c.current();
    FileType type = file.volume().attributes(c.caller(), file.handle()).type();
    switch (type) {
      case REGULAR -> {}
      case DIRECTORY -> throw new NfsStatusException(Nfsstat4.NFS4ERR_ISDIR);
      case SYMLINK -> throw new NfsStatusException(Nfsstat4.NFS4ERR_SYMLINK);
      default -> throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
  }

  /**
   * Replaces the error of a stateid by that of the object's type if the object is not a regular
   * file. A valid stateid belongs to a file, so only an invalid one costs a call of the file
   * system.
   */
  public static NfsStatusException withTypeChecked(NfsStatusException e, CompoundContext c)
      throws NfsStatusException, StorageException {
    if (e.status() == Nfsstat4.NFS4ERR_BAD_STATEID) {
      checkIsFile(c);
    }
    return e;
  }
}
