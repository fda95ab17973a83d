package io.ferrynfs.cli.admin;

import java.io.IOException;

/** No server answers to this user's administration where one was expected. */
public final class ServerNotFoundException extends IOException {
  private static final long serialVersionUID = 1L;

  ServerNotFoundException(String message) {
    super(message);
  }
}
