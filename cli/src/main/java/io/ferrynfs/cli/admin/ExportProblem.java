package io.ferrynfs.cli.admin;

/**
 * What is wrong with an export.
 *
 * @param state in a word, for programs
 * @param text for people: what is the matter, and where
 */
public record ExportProblem(String state, String text) {
  /** The state of an export that nothing is wrong with. */
  public static final String OK = "ok";

  /** The state of an export whose server is too old to say. */
  public static final String UNKNOWN = "unknown";
}
