package io.ferrynfs.rpc.env;

import java.io.IOException;

/** A connection was closed because the peer sent on it what the protocol does not have. */
public final class NonsenseException extends IOException {

  private static final long serialVersionUID = 1L;

  public NonsenseException(String message) {
    super(message);
  }
}
