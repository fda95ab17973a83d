package io.ferrynfs.rpc;

import java.io.IOException;

/**
 * The failure of a call. It has no stack trace, because it is created on the connection's thread.
 */
public final class RpcException extends IOException {

  private static final long serialVersionUID = 1L;

  /** The kind of a failure. */
  public enum Kind {
    /** The connection could not be established; the call was not sent. */
    CONNECT_FAILED,
    /** The connection ended before the reply; the call may have been executed. */
    CONNECTION_LOST,
    /** There was no reply in time; the call may have been executed, or may be executed later. */
    TIMED_OUT,
    /** There are too many calls without a reply; the call was not sent. */
    TOO_MANY_CALLS,
    /** The arguments cannot be encoded; the call was not sent. */
    NOT_ENCODABLE,
    /** The results cannot be decoded or are not authentic. */
    BAD_RESULTS,
    /** The peer does not support version 2 of RPC (RFC 5531 section 9, RPC_MISMATCH). */
    RPC_MISMATCH,
    /** The peer rejected the credential or verifier (AUTH_ERROR), or there is no credential. */
    AUTH_ERROR,
    /** The peer does not have the program (PROG_UNAVAIL). */
    PROG_UNAVAIL,
    /** The peer does not have this version of the program (PROG_MISMATCH). */
    PROG_MISMATCH,
    /** The program does not have the procedure (PROC_UNAVAIL). */
    PROC_UNAVAIL,
    /** The peer could not decode the arguments (GARBAGE_ARGS). */
    GARBAGE_ARGS,
    /** The peer lacks a resource or has a fault (SYSTEM_ERR). */
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

  /** Returns the kind of the failure. */
  public Kind kind() {
    return kind;
  }

  /** Returns whether the call failed below RPC, so that it may be sent on another connection. */
  public boolean isConnectionFailure() {
    return kind == Kind.CONNECT_FAILED || kind == Kind.CONNECTION_LOST;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
