package io.ferrynfs.cli.admin;

import java.util.List;

/**
 * What has become of a reload.
 *
 * @param isDone whether the file was taken; else nothing has changed
 * @param lines what has changed, or what is wrong, for people
 */
public record ReloadReport(boolean isDone, List<String> lines) {
  /** Copies the lines. */
  public ReloadReport {
    lines = List.copyOf(lines);
  }
}
