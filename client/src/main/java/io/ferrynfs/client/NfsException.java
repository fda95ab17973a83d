package io.ferrynfs.client;

import java.io.IOException;

/**
 * Thrown when a request to a server fails. The message names the operation, the path, the error of
 * the server or the network, and what to do about it.
 */
public final class NfsException extends IOException {

  /** The kinds of failure that callers may want to handle. Each names its nfsstat4 values. */
  public enum Reason {
    /** The file or directory does not exist (NFS4ERR_NOENT). */
    NOT_FOUND,
    /** The object has no extended attribute of this name (NFS4ERR_NOXATTR). */
    NO_XATTR,
    /** The name exists (NFS4ERR_EXIST). */
    EXISTS,
    /** The user lacks the permission (NFS4ERR_ACCESS, NFS4ERR_PERM, NFS4ERR_WRONGSEC). */
    ACCESS_DENIED,
    /** The file system is exported read-only (NFS4ERR_ROFS). */
    READ_ONLY,
    /** The object is not a directory (NFS4ERR_NOTDIR). */
    NOT_DIRECTORY,
    /** The object is a directory (NFS4ERR_ISDIR). */
    IS_DIRECTORY,
    /** The object is a symbolic link (NFS4ERR_SYMLINK). */
    IS_SYMLINK,
    /** The directory is not empty (NFS4ERR_NOTEMPTY). */
    NOT_EMPTY,
    /**
     * A limit of the server is reached: space, quota, size of a file, links, or size of an extended
     * attribute (NFS4ERR_NOSPC, NFS4ERR_DQUOT, NFS4ERR_FBIG, NFS4ERR_MLINK, NFS4ERR_XATTR2BIG).
     */
    NO_SPACE,
    /**
     * The server rejects a name or another argument (NFS4ERR_INVAL, NFS4ERR_BADNAME,
     * NFS4ERR_BADCHAR, NFS4ERR_NAMETOOLONG, NFS4ERR_WRONG_TYPE, NFS4ERR_BADTYPE, NFS4ERR_BADOWNER).
     */
    INVALID,
    /** The two objects are on different file systems (NFS4ERR_XDEV). */
    CROSS_DEVICE,
    /**
     * The request conflicts with a lock or an open (NFS4ERR_LOCKED, NFS4ERR_DENIED,
     * NFS4ERR_DEADLOCK, NFS4ERR_SHARE_DENIED, NFS4ERR_FILE_OPEN, NFS4ERR_OPENMODE).
     */
    LOCKED,
    /** The object was removed (NFS4ERR_STALE, NFS4ERR_BADHANDLE, NFS4ERR_FHEXPIRED). */
    STALE,
    /**
     * The server does not support the operation (NFS4ERR_NOTSUPP, NFS4ERR_OP_ILLEGAL,
     * NFS4ERR_ATTRNOTSUPP, NFS4ERR_LOCK_NOTSUPP and others), or the options of a copy rule out
     * every way that works.
     */
    UNSUPPORTED,
    /**
     * The server discarded an open or a lock of this client, which has to open or lock again
     * (NFS4ERR_BAD_STATEID, NFS4ERR_STALE_STATEID, NFS4ERR_EXPIRED, NFS4ERR_ADMIN_REVOKED).
     */
    STATE_LOST,
    /** The server restarted and may have lost data that was not durable: write it again. */
    DATA_LOST,
    /** There is no connection to the server. */
    UNREACHABLE,
    /** The server made no progress in time, or answered NFS4ERR_DELAY or NFS4ERR_GRACE too long. */
    TIMED_OUT,
    /** The client or the file was closed. */
    CLOSED,
    /** The caller cancelled the request. */
    CANCELLED,
    /** The server's reply violates the protocol (or the server answered NFS4ERR_BADXDR). */
    PROTOCOL,
    /** The server's disk failed (NFS4ERR_IO), or the server answered another error. */
    IO
  }

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final int status;
  private final boolean outcomeUnknown;

  /**
   * Creates an exception.
   *
   * @param status the nfsstat4 of the server's reply, 0 if there was none
   * @param message names the operation, the path and what to do
   */
  public NfsException(Reason reason, int status, String message) {
    super(message);
    this.reason = reason;
    this.status = status;
    this.outcomeUnknown = false;
  }

  /** Creates an exception with a cause. */
  public NfsException(Reason reason, int status, String message, Throwable cause) {
    this(reason, status, false, message, cause);
  }

  NfsException(Reason reason, int status, boolean outcomeUnknown, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.status = status;
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Returns the kind of the failure. */
  public Reason reason() {
    return reason;
  }

  /** Returns the nfsstat4 of the server's reply (RFC 8881 section 15.1), 0 if there was none. */
  public int status() {
    return status;
  }

  /**
   * Returns whether the server may have executed the request although it failed, because a reply
   * was lost. This concerns requests that are not idempotent: creating, linking, renaming and
   * removing names, opening with creation, and copying. The caller has to check before it repeats
   * one. Always false for idempotent requests such as reading, setting attributes and writing the
   * same bytes.
   */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  /** Returns whether the failure is of a kind. */
  public boolean is(Reason other) {
    return reason == other;
  }
}
