package io.ferrynfs.cli.admin;

/**
 * A problem of an export.
 *
 * @param state the state as a word, for programs
 * @param text the description, for the user
 */
public record ExportProblem(String state, String text) {
  /** The state of an export without a problem. */
  public static final String OK = "ok";

  /** The state if the server is too old to report problems. */
  public static final String UNKNOWN = "unknown";
}
