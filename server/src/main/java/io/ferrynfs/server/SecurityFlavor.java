package io.ferrynfs.server;

import io.ferrynfs.wire.rpc.Rpc;

/** The RPC authentication flavors that this server knows. */
public enum SecurityFlavor {
  /** AUTH_SYS (RFC 5531 appendix A): user and group ids without proof. */
  SYS((int) Rpc.AUTH_SYS),
  /** AUTH_NONE: no identity. */
  NONE((int) Rpc.AUTH_NONE);

  private final int number;

  SecurityFlavor(int number) {
    this.number = number;
  }

  /** Returns the number of the flavor on the wire. */
  public int number() {
    return number;
  }
}
