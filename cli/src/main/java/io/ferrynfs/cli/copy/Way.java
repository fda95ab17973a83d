package io.ferrynfs.cli.copy;

import io.ferrynfs.client.CopyResult;
import java.util.Locale;

/** How the bytes of a file moved. */
public enum Way {
  CLONED("cloned by the server"),
  OFFLOADED("copied by the server, in the background"),
  SYNCHRONOUS("copied by the server"),
  SERVER_TO_SERVER("copied from server to server"),
  STREAMED("through this client");

  private final String text;

  Way(String text) {
    this.text = text;
  }

  /** What programs, and lines with little room, call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a server moved the bytes. */
  public boolean isByServer() {
    return this != STREAMED;
  }

  public String text() {
    return text;
  }

  /** The way of a copy between two places, which are on one server or on two. */
  static Way of(CopyResult.How how, boolean betweenServers) {
    if (betweenServers && how != CopyResult.How.STREAMED) {
      return SERVER_TO_SERVER;
    }
    return switch (how) {
      case CLONED -> CLONED;
      case OFFLOADED -> OFFLOADED;
      case SYNCHRONOUS -> SYNCHRONOUS;
      case STREAMED -> STREAMED;
    };
  }
}
