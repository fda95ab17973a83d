package io.ferrynfs.rpc;

/** A reply without results (RFC 5531 section 9). */
public sealed interface RpcReject {

  /** PROG_UNAVAIL: the peer does not serve the program. */
  RpcReject PROG_UNAVAIL = new Accepted(1);

  /** PROC_UNAVAIL: the program has no such procedure. */
  RpcReject PROC_UNAVAIL = new Accepted(3);

  /** GARBAGE_ARGS: the arguments cannot be decoded. */
  RpcReject GARBAGE_ARGS = new Accepted(4);

  /** SYSTEM_ERR: the server lacks memory or another resource, or has a fault. */
  RpcReject SYSTEM_ERR = new Accepted(5);

  /** AUTH_BADCRED: the credential is malformed or of an unknown flavor. */
  RpcReject AUTH_BADCRED = new Auth(1);

  /** AUTH_REJECTEDCRED: the client must begin a new session. */
  RpcReject AUTH_REJECTEDCRED = new Auth(2);

  /** AUTH_BADVERF: the verifier is malformed or does not match. */
  RpcReject AUTH_BADVERF = new Auth(3);

  /** AUTH_TOOWEAK: the flavor is too weak. */
  RpcReject AUTH_TOOWEAK = new Auth(5);

  /**
   * An accept_stat without a body.
   *
   * @param acceptStat its number
   */
  record Accepted(int acceptStat) implements RpcReject {}

  /**
   * PROG_MISMATCH.
   *
   * @param low the lowest version of the program that is served
   * @param high the highest version
   */
  record ProgMismatch(int low, int high) implements RpcReject {}

  /** A reply with MSG_DENIED, which carries no verifier. */
  sealed interface Denied extends RpcReject {}

  /**
   * AUTH_ERROR.
   *
   * @param authStat the reason (RFC 5531 section 9)
   */
  record Auth(int authStat) implements Denied {}

  /** RPC_MISMATCH: only version 2 of RPC is supported. */
  record RpcMismatch() implements Denied {}
}
