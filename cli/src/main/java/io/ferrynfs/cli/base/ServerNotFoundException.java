package io.ferrynfs.cli.base;

import java.io.IOException;

/** Thrown if no server answers on its administration socket. */
public final class ServerNotFoundException extends IOException {
  private static final long serialVersionUID = 1L;

  public ServerNotFoundException(String message) {
    super(message);
  }
}
