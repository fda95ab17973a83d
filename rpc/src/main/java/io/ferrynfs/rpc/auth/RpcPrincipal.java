package io.ferrynfs.rpc.auth;

/** The identity of a caller. */
public interface RpcPrincipal {

  /** Returns the number of the authentication flavor (RFC 5531 section 8.2): 0 is AUTH_NONE. */
  int flavor();

  /**
   * Returns the caller's name, for example {@code alice@EXAMPLE.ORG}; the decimal uid under
   * AUTH_SYS and {@code nobody} under AUTH_NONE. Two principals of one flavor are the same user if
   * and only if their names are equal.
   */
  String name();
}
