package io.ferrynfs.server;

import io.ferrynfs.wire.rpc.Rpc;

/** How a caller says who he is: the RPC authentication flavors that this server knows. */
public enum SecurityFlavor {
  /** AUTH_SYS (RFC 5531 appendix A): by numbers that nobody proves. */
  SYS((int) Rpc.AUTH_SYS),
  /** AUTH_NONE: not at all. */
  NONE((int) Rpc.AUTH_NONE);

  private final int number;

  SecurityFlavor(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }
}
