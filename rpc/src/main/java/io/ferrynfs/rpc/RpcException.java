package io.ferrynfs.rpc;

import java.io.IOException;

/** A call that brought no results. Has no stack trace: it is made on the connection's thread. */
public final class RpcException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Why there are no results. */
  public enum Kind {
    /** No connection could be made; the call was not sent. */
    CONNECT_FAILED,
    /** The connection ended before the reply; the call may have been executed. */
    CONNECTION_LOST,
    /** No reply in time; the call may have been, or may yet be, executed. */
    TIMED_OUT,
    /** Too many calls outstanding here; the call was not sent. */
    TOO_MANY_CALLS,
    /** The arguments do not fit into a record or cannot be encoded; the call was not sent. */
    NOT_ENCODABLE,
    /** The results cannot be decoded. */
    BAD_RESULTS,
    /** RPC version other than 2 wanted (RFC 5531 section 9, RPC_MISMATCH). */
    RPC_MISMATCH,
    /** The credential or verifier was refused (AUTH_ERROR). */
    AUTH_ERROR,
    /** The peer does not have the program (PROG_UNAVAIL). */
    PROG_UNAVAIL,
    /** The peer does not have this version of the program (PROG_MISMATCH). */
    PROG_MISMATCH,
    /** The program does not have the procedure (PROC_UNAVAIL). */
    PROC_UNAVAIL,
    /** The peer could not decode the arguments (GARBAGE_ARGS). */
    GARBAGE_ARGS,
    /** The peer is out of something (SYSTEM_ERR). */
    SYSTEM_ERR
  }

  private final Kind kind;

  public RpcException(Kind kind, String message) {
    super(kind + ": " + message);
    this.kind = kind;
  }

  public RpcException(Kind kind, String message, Throwable cause) {
    super(kind + ": " + message, cause);
    this.kind = kind;
  }

  /** Why there are no results. */
  public Kind kind() {
    return kind;
  }

  /** Whether the call may be sent again on another connection: it failed below the RPC layer. */
  public boolean isConnectionFailure() {
    return kind == Kind.CONNECT_FAILED || kind == Kind.CONNECTION_LOST;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
