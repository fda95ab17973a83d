package io.ferrynfs.rpc.env;

import java.io.IOException;

/** Thrown if a peer violates the RPC protocol. The connection is closed. */
public final class RpcProtocolException extends IOException {

  private static final long serialVersionUID = 1L;

  public RpcProtocolException(String message) {
    super(message);
  }
}
