package io.ferrynfs.client;

import java.io.IOException;

/**
 * A call to a server failed. The message says which operation, on which path, what the server (or
 * the network) answered, and what can be done about it.
 */
public final class NfsException extends IOException {

  /** What went wrong, as far as a caller may want to act on it. */
  public enum Reason {
    /** There is no such file or directory. */
    NOT_FOUND,
    /** The object has no extended attribute of the name. */
    NO_XATTR,
    /** The name is taken. */
    EXISTS,
    /** The server does not allow it to this user. */
    ACCESS_DENIED,
    /** The file system is exported read-only. */
    READ_ONLY,
    /** A directory was needed. */
    NOT_DIRECTORY,
    /** A directory is no good here. */
    IS_DIRECTORY,
    /** A symbolic link is no good here. */
    IS_SYMLINK,
    /** The directory is not empty. */
    NOT_EMPTY,
    /** No space, no quota or too large a file. */
    NO_SPACE,
    /** A name or an argument the server does not accept. */
    INVALID,
    /** The two objects are on different file systems. */
    CROSS_DEVICE,
    /** The file was locked or opened by another in a way that excludes this. */
    LOCKED,
    /** The object was removed on the server. */
    STALE,
    /** The server does not support the operation. */
    UNSUPPORTED,
    /** The server restarted or revoked what this client held, a file or a lock: take it again. */
    STATE_LOST,
    /** Data that was not yet stable was lost in a restart of the server: write it again. */
    DATA_LOST,
    /** No connection to the server. */
    UNREACHABLE,
    /** The server made no progress in the time allowed. */
    TIMED_OUT,
    /** The client or the file was closed. */
    CLOSED,
    /** The caller cancelled. */
    CANCELLED,
    /** The server's answer does not follow the protocol. */
    PROTOCOL,
    /** The disk of the server, or an error without a better name. */
    IO
  }

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final int status;
  private final boolean outcomeUnknown;

  /**
   * An error with its place and advice already in the message.
   *
   * @param status the nfsstat4 the server answered with, 0 where there was no answer
   */
  public NfsException(Reason reason, int status, String message) {
    super(message);
    this.reason = reason;
    this.status = status;
    this.outcomeUnknown = false;
  }

  /** Likewise, with what caused it. */
  public NfsException(Reason reason, int status, String message, Throwable cause) {
    this(reason, status, false, message, cause);
  }

  NfsException(Reason reason, int status, boolean outcomeUnknown, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.status = status;
    this.outcomeUnknown = outcomeUnknown;
  }

  public Reason reason() {
    return reason;
  }

  /** The nfsstat4 (RFC 8881 section 15.1) of the server's answer, 0 where there was none. */
  public int status() {
    return status;
  }

  /**
   * Whether the server may have done what was asked although this says that it failed: the reply
   * was lost, and with it what came of a call that has an effect (making, linking, renaming and
   * removing names, opening with creation, copying). Look before doing it again. False of calls
   * that may be repeated without harm, as reading, setting attributes and writing the same bytes.
   */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  public boolean is(Reason other) {
    return reason == other;
  }
}
