package io.ferrynfs.tidy;

import java.util.List;

/**
 * A failing test of pynfs with the reason why the server is right: a line of {@code
 * interop/pynfs.tsv}.
 *
 * @param minorVersions the minor versions for which the test fails, separated by commas
 * @param test the code of the test
 * @param source the section that the test misreads
 * @param why the expectation of the test, and the contents of the section
 */
record ExplainedFailure(String minorVersions, String test, String source, String why) {
  static final String HEADER = "minor versions\ttest\tparagraph\twhy";
  private static final int COLUMNS = 4;

  /** Parses the text of a file. */
  static List<ExplainedFailure> parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new IllegalArgumentException("not a list of explained failures: the header differs");
    }
    return lines.stream().skip(1).map(ExplainedFailure::of).toList();
  }

  private static ExplainedFailure of(String line) {
    String[] columns = line.split("\t", -1);
    if (columns.length != COLUMNS || List.of(columns).contains("")) {
      throw new IllegalArgumentException("not an explained failure: " + line);
    }
    return new ExplainedFailure(columns[0], columns[1], columns[2], columns[3]);
  }
}
