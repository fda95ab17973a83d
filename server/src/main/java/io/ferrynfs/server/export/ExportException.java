package io.ferrynfs.server.export;

/** An export that cannot be where it is to be; says which, for people. */
public final class ExportException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String path;

  ExportException(String path, String message) {
    super(message);
    this.path = path;
  }

  /** Its path in the name space. */
  public String path() {
    return path;
  }
}
