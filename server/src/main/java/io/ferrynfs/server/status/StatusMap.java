package io.ferrynfs.server.status;

import io.ferrynfs.storage.Status;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** The mapping of failures of a volume to NFS statuses. */
public final class StatusMap {
  private StatusMap() {}

  /**
   * Returns the NFS status of a volume's status.
   *
   * <p>BAD_HANDLE becomes NFS4ERR_STALE. A filehandle of another server reaches the volume, and
   * Linux falls back from a COPY between servers to READ and WRITE on NFS4ERR_STALE, but fails on
   * NFS4ERR_BADHANDLE.
   */
  public static Nfsstat4 of(Status status) {
    return switch (status) {
      case NOT_FOUND -> Nfsstat4.NFS4ERR_NOENT;
      case EXISTS -> Nfsstat4.NFS4ERR_EXIST;
      case NOT_DIRECTORY -> Nfsstat4.NFS4ERR_NOTDIR;
      case IS_DIRECTORY -> Nfsstat4.NFS4ERR_ISDIR;
      case NOT_EMPTY -> Nfsstat4.NFS4ERR_NOTEMPTY;
      case SYMLINK -> Nfsstat4.NFS4ERR_SYMLINK;
      case WRONG_TYPE -> Nfsstat4.NFS4ERR_WRONG_TYPE;
      case PERMISSION -> Nfsstat4.NFS4ERR_PERM;
      case ACCESS -> Nfsstat4.NFS4ERR_ACCESS;
      case READ_ONLY -> Nfsstat4.NFS4ERR_ROFS;
      case NO_SPACE -> Nfsstat4.NFS4ERR_NOSPC;
      case QUOTA -> Nfsstat4.NFS4ERR_DQUOT;
      case TOO_BIG -> Nfsstat4.NFS4ERR_FBIG;
      case CROSS_DEVICE -> Nfsstat4.NFS4ERR_XDEV;
      case NAME_TOO_LONG -> Nfsstat4.NFS4ERR_NAMETOOLONG;
      case BAD_NAME -> Nfsstat4.NFS4ERR_BADNAME;
      case BAD_CHARACTER -> Nfsstat4.NFS4ERR_BADCHAR;
      case INVALID, RANGE -> Nfsstat4.NFS4ERR_INVAL;
      case STALE, BAD_HANDLE -> Nfsstat4.NFS4ERR_STALE;
      case BAD_COOKIE -> Nfsstat4.NFS4ERR_BAD_COOKIE;
      case NOT_SUPPORTED -> Nfsstat4.NFS4ERR_NOTSUPP;
      case IO -> Nfsstat4.NFS4ERR_IO;
      case TOO_MANY_LINKS -> Nfsstat4.NFS4ERR_MLINK;
      case NO_DATA -> Nfsstat4.NFS4ERR_NXIO;
      case NO_ATTRIBUTE -> Nfsstat4.NFS4ERR_NOXATTR;
      case ATTRIBUTE_TOO_BIG -> Nfsstat4.NFS4ERR_XATTR2BIG;
      case BUSY -> Nfsstat4.NFS4ERR_FILE_OPEN;
      case TRY_LATER -> Nfsstat4.NFS4ERR_DELAY;
      case CLOSED -> Nfsstat4.NFS4ERR_SERVERFAULT;
    };
  }
}
