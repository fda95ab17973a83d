package io.ferrynfs.server.access;

import io.ferrynfs.wire.rpc.Rpc;

/** How a caller says who he is: the RPC authentication flavors that this server knows. */
public enum Flavor {
  /** AUTH_SYS (RFC 5531 appendix A): by numbers that nobody proves. */
  SYS((int) Rpc.AUTH_SYS),
  /** AUTH_NONE: not at all. */
  NONE((int) Rpc.AUTH_NONE);

  private final int number;

  Flavor(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }
}
