package io.ferrynfs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A line of {@code tidy/rules.tsv}: a requirement on Ferry, or a bug of another implementation.
 *
 * @param id the id, such as {@code C-026} or {@code B13}
 * @param strength M for MUST in an RFC, S for SHOULD, m for other text, D for
 *     draft-cel-nfsv4-copy-implementation-experience-03, L for the behavior of Linux, v3 for the
 *     Linux series that Ferry implements, J for a proposal, bug for a bug
 * @param issue the issue that requires the rule, or {@code -} for a rule that is not implemented,
 *     with the reason in the summary
 * @param open whether the rule is required and no test proves it yet
 * @param place the class below {@code io.ferrynfs} or the schema file that implements the rule;
 *     {@code -} for none
 * @param summary one sentence
 * @param source the source of the rule
 */
record Rule(
    String id,
    String strength,
    String issue,
    boolean open,
    String place,
    String summary,
    String source) {
  static final String HEADER = "id\tstrength\tissue\topen\tclass\tsummary\tsource";
  static final String NONE = "-";

  /** The issues whose rules must have a test or be open. */
  private static final Set<String> ISSUES_DUE = Set.of("2", "3");

  private static final Set<String> ISSUES = Set.of("2", "3", "4", "5", NONE);
  private static final Set<String> STRENGTHS_BINDING = Set.of("M", "D", "v3", "bug");
  private static final Set<String> STRENGTHS_OTHER = Set.of("S", "m", "L", "J");
  private static final int COLUMNS = 7;

  /**
   * Parses the text of a file.
   *
   * @throws IllegalArgumentException if a line is not a rule
   */
  static List<Rule> parse(String text) {
    List<String> lines = text.lines().toList();
    if (!lines.getFirst().equals(HEADER)) {
      throw new IllegalArgumentException("the header of the rules is not: " + HEADER);
    }
    List<Rule> rules = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      rules.add(parseLine(line));
    }
    return rules;
  }

  private static Rule parseLine(String line) {
    String[] columns = line.split("\t", -1);
    boolean isRule =
        columns.length == COLUMNS
            && (STRENGTHS_BINDING.contains(columns[1]) || STRENGTHS_OTHER.contains(columns[1]))
            && ISSUES.contains(columns[2])
            && (columns[3].isEmpty() || columns[3].equals("open"))
            && !columns[4].isEmpty()
            && !columns[5].isEmpty();
    if (!isRule) {
      throw new IllegalArgumentException("not a rule: " + line);
    }
    return new Rule(
        columns[0],
        columns[1],
        columns[2],
        !columns[3].isEmpty(),
        columns[4],
        columns[5],
        columns[6]);
  }

  /** Returns the line of the file. */
  String line() {
    return String.join("\t", id, strength, issue, open ? "open" : "", place, summary, source);
  }

  /** Returns whether the rule must have a test or be open. */
  boolean isDue() {
    return ISSUES_DUE.contains(issue) && STRENGTHS_BINDING.contains(strength);
  }

  /** Returns the rule as proved. */
  Rule closed() {
    return new Rule(id, strength, issue, false, place, summary, source);
  }
}
