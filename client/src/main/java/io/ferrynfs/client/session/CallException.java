package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Thrown when a call to a server fails. The API converts it to its own exception. */
public final class CallException extends IOException {

  /** The kinds of failure. */
  public enum Kind {
    /** The server answered with an error status. */
    STATUS,
    /** There is no connection, and none could be made. */
    UNREACHABLE,
    /** There is a connection, but no reply in time. */
    TIMED_OUT,
    /** The session was closed by its user. */
    CLOSED,
    /** The server discarded an open or a lock, which could not be recovered. */
    STATE_LOST,
    /** The server may have lost uncommitted data in a restart. */
    DATA_LOST,
    /** The servers support no way to copy that the caller permits. */
    UNSUPPORTED,
    /** The caller cancelled the call. */
    CANCELLED,
    /** The reply violates the protocol. */
    PROTOCOL
  }

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final Nfsstat4 status;
  private final @Nullable NfsOpnum4 operation;
  private final boolean outcomeUnknown;

  private CallException(
      Kind kind,
      Nfsstat4 status,
      @Nullable NfsOpnum4 operation,
      boolean outcomeUnknown,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
    this.operation = operation;
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Creates a failure without a status of the server. */
  public static CallException of(Kind kind, String message) {
    return new CallException(kind, Nfsstat4.NFS4_OK, null, false, message, null);
  }

  static CallException of(Kind kind, String message, Throwable cause) {
    return new CallException(kind, Nfsstat4.NFS4_OK, null, false, message, cause);
  }

  /** Creates the failure of a call that the server delayed too long, with that status. */
  static CallException delayed(Nfsstat4 status, String message) {
    return new CallException(Kind.TIMED_OUT, status, null, false, message, null);
  }

  /** Creates the failure of an operation that returned an error. */
  public static CallException status(NfsOpnum4 operation, Nfsstat4 status) {
    return status(operation, status, false);
  }

  /**
   * Creates the failure of an operation that returned an error.
   *
   * @param outcomeUnknown whether the server may have executed an earlier transmission, whose reply
   *     was lost with the session
   */
  static CallException status(NfsOpnum4 operation, Nfsstat4 status, boolean outcomeUnknown) {
    String name = operation.name().replaceFirst("^OP_", "");
    return new CallException(
        Kind.STATUS, status, operation, outcomeUnknown, name + ": " + status, null);
  }

  /** Returns this failure for a call that the server may have executed all the same. */
  public CallException withUnknownOutcome() {
    return new CallException(kind, status, operation, true, String.valueOf(getMessage()), this);
  }

  /** Returns the message. */
  String words() {
    return String.valueOf(getMessage());
  }

  public Kind kind() {
    return kind;
  }

  /** Returns the server's status, NFS4_OK if there is none. */
  public Nfsstat4 status() {
    return status;
  }

  /** Returns the operation that failed, null if no operation was reached. */
  public @Nullable NfsOpnum4 operation() {
    return operation;
  }

  /** Returns whether the server may have executed the call although it failed. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  /** Returns whether the call failed because the server delayed it too long. */
  public boolean isDelayed() {
    return kind == Kind.TIMED_OUT && status != Nfsstat4.NFS4_OK;
  }

  public boolean is(Nfsstat4 other) {
    return kind == Kind.STATUS && status == other;
  }
}
