package io.ferrynfs.rpc.env;

import java.io.IOException;

/** A peer violated the protocol, and the connection was closed. */
public final class NonsenseException extends IOException {

  private static final long serialVersionUID = 1L;

  public NonsenseException(String message) {
    super(message);
  }
}
