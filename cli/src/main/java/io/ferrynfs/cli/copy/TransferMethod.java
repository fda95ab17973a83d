package io.ferrynfs.cli.copy;

import io.ferrynfs.client.CopyResult;
import java.util.Locale;

/** How the bytes of a file were transferred. */
public enum TransferMethod {
  CLONED("cloned by the server"),
  OFFLOADED("copied by the server, in the background"),
  SYNCHRONOUS("copied by the server"),
  SERVER_TO_SERVER("copied from server to server"),
  STREAMED("through this client");

  private final String text;

  TransferMethod(String text) {
    this.text = text;
  }

  /** Returns the name in {@code --json} and in the progress line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns whether a server transferred the bytes. */
  public boolean isByServer() {
    return this != STREAMED;
  }

  public String text() {
    return text;
  }

  /** Returns the method of a copy whose places are on one server or on two. */
  static TransferMethod of(CopyResult.How how, boolean betweenServers) {
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
