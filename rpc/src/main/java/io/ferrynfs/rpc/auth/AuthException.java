package io.ferrynfs.rpc.auth;

import java.io.IOException;

/** A message whose authentication failed. */
public final class AuthException extends IOException {

  private static final long serialVersionUID = 1L;

  public AuthException(String message) {
    super(message);
  }
}
