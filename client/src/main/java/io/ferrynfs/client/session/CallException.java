package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why a call to the server did not succeed. The public API turns it into its own exception. */
public final class CallException extends IOException {

  /** What kind of failure it was. */
  public enum Kind {
    /** The server answered with an error status. */
    STATUS,
    /** There is no connection, and none could be made. */
    UNREACHABLE,
    /** The connection is there, the answer did not come. */
    TIMED_OUT,
    /** The session was closed by its user. */
    CLOSED,
    /** Opens were lost and could not be got back. */
    STATE_LOST,
    /** Uncommitted data was lost in a restart of the server. */
    DATA_LOST,
    /** No server does it, and the caller wants no other way. */
    REFUSED,
    /** The caller cancelled. */
    CANCELLED,
    /** The answer does not follow the protocol. */
    PROTOCOL
  }

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final Nfsstat4 status;
  private final @Nullable NfsOpnum4 operation;
  private final boolean perhapsDone;

  private CallException(
      Kind kind,
      Nfsstat4 status,
      @Nullable NfsOpnum4 operation,
      boolean perhapsDone,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
    this.operation = operation;
    this.perhapsDone = perhapsDone;
  }

  /** A failure without a status of the server. */
  public static CallException of(Kind kind, String message) {
    return new CallException(kind, Nfsstat4.NFS4_OK, null, false, message, null);
  }

  static CallException of(Kind kind, String message, Throwable cause) {
    return new CallException(kind, Nfsstat4.NFS4_OK, null, false, message, cause);
  }

  /** The server has asked to come again until the time was over; {@link #status} says how. */
  static CallException putOff(Nfsstat4 status, String message) {
    return new CallException(Kind.TIMED_OUT, status, null, false, message, null);
  }

  /** The server answered an operation with an error. */
  public static CallException status(NfsOpnum4 operation, Nfsstat4 status) {
    return status(operation, status, false);
  }

  /**
   * Likewise; {@code perhapsDone} when an earlier transmission, whose reply was lost together with
   * the session, may have carried the call out already.
   */
  static CallException status(NfsOpnum4 operation, Nfsstat4 status, boolean perhapsDone) {
    String name = operation.name().replaceFirst("^OP_", "");
    return new CallException(
        Kind.STATUS, status, operation, perhapsDone, name + ": " + status, null);
  }

  /** The same, when a transmission whose reply did not come may have carried the call out. */
  public CallException butPerhapsDone() {
    return new CallException(kind, status, operation, true, String.valueOf(getMessage()), this);
  }

  /** Its message. */
  String words() {
    return String.valueOf(getMessage());
  }

  public Kind kind() {
    return kind;
  }

  /** The server's status, NFS4_OK when it gave none. */
  public Nfsstat4 status() {
    return status;
  }

  /** The operation that failed, null when none was reached. */
  public @Nullable NfsOpnum4 operation() {
    return operation;
  }

  /** Whether the call may have been carried out although this says that it failed. */
  public boolean perhapsDone() {
    return perhapsDone;
  }

  /** Whether nothing happened but that the server asked to come again later, for too long. */
  public boolean isPutOff() {
    return kind == Kind.TIMED_OUT && status != Nfsstat4.NFS4_OK;
  }

  public boolean is(Nfsstat4 other) {
    return kind == Kind.STATUS && status == other;
  }
}
