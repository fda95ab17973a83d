package io.ferrynfs.tidy;

import java.util.List;

/**
 * A test of pynfs that fails, and why it should: a line of {@code interop/pynfs.tsv}.
 *
 * @param minorVersions for which it fails, separated by commas
 * @param test its code
 * @param source the paragraph that the test misreads
 * @param why what it asks for, and what the paragraph says
 */
record ExplainedFailure(String minorVersions, String test, String source, String why) {
  static final String HEADER = "minor versions\ttest\tparagraph\twhy";
  private static final int COLUMNS = 4;

  /** The failures of a file. */
  static List<ExplainedFailure> parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new IllegalArgumentException("no list of explained failures: it begins otherwise");
    }
    return lines.stream().skip(1).map(ExplainedFailure::of).toList();
  }

  private static ExplainedFailure of(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != COLUMNS || List.of(columns).contains("")) {
      throw new IllegalArgumentException("no explained failure: " + line);
    }
    return new ExplainedFailure(columns[0], columns[1], columns[2], columns[3]);
  }
}
