package io.ferrynfs.server;

/** An export that has no place in the name space; the message gives the reason. */
public final class ExportException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * Creates an exception.
   *
   * @param path the path of the export in the name space
   * @param message the reason, for people
   */
  public ExportException(String path, String message) {
    super(message);
    this.path = path;
  }

  /** Returns the path of the export in the name space. */
  public String path() {
    return path;
  }
}
