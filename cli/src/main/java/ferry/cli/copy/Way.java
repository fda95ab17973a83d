package ferry.cli.copy;

import ferry.client.CopyResult;
import java.util.Locale;

/** How the bytes of a file moved. */
public enum Way {
  CLONED("cloned by the server"),
  OFFLOADED("copied by the server, in the background"),
  SYNCHRONOUS("copied by the server"),
  STREAMED("through this client");

  private final String text;

  Way(String text) {
    this.text = text;
  }

  /** What programs, and lines with little room, call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String text() {
    return text;
  }

  static Way of(CopyResult.How how) {
    return switch (how) {
      case CLONED -> CLONED;
      case OFFLOADED -> OFFLOADED;
      case SYNCHRONOUS -> SYNCHRONOUS;
      case STREAMED -> STREAMED;
    };
  }
}
