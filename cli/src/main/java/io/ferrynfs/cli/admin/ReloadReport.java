package io.ferrynfs.cli.admin;

import java.util.List;

/**
 * The result of a reload.
 *
 * @param isDone whether the file was applied; otherwise nothing has changed
 * @param lines the changes or the errors, for the user
 */
public record ReloadReport(boolean isDone, List<String> lines) {
  /** Copies the lines. */
  public ReloadReport {
    lines = List.copyOf(lines);
  }
}
