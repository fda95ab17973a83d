package io.ferrynfs.rpc;

/** The ways of RFC 5531 section 9 to answer a call without results. */
public sealed interface RpcReject {

  /** The program is not here. */
  RpcReject PROG_UNAVAIL = new Accepted(1);

  /** The program has no such procedure. */
  RpcReject PROC_UNAVAIL = new Accepted(3);

  /** The arguments cannot be decoded. */
  RpcReject GARBAGE_ARGS = new Accepted(4);

  /** Out of memory or the like. */
  RpcReject SYSTEM_ERR = new Accepted(5);

  /** Bad credential (seal broken). */
  RpcReject AUTH_BADCRED = new Auth(1);

  /** The client must begin a new session. */
  RpcReject AUTH_REJECTEDCRED = new Auth(2);

  /** Bad verifier. */
  RpcReject AUTH_BADVERF = new Auth(3);

  /** Refused for security reasons. */
  RpcReject AUTH_TOOWEAK = new Auth(5);

  /** An accept_stat without a body. */
  record Accepted(int acceptStat) implements RpcReject {}

  /**
   * PROG_MISMATCH.
   *
   * @param low lowest version of the program that is here
   * @param high highest one
   */
  record ProgMismatch(int low, int high) implements RpcReject {}

  /** AUTH_ERROR with an auth_stat. */
  record Auth(int authStat) implements RpcReject {}

  /** RPC_MISMATCH: only version 2 of RPC is spoken. */
  record RpcMismatch() implements RpcReject {}
}
