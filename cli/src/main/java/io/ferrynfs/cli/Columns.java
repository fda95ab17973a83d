package io.ferrynfs.cli;

import java.util.ArrayList;
import java.util.List;

/** Formats tables. */
final class Columns {
  private Columns() {}

  /**
   * Returns a line for each row.
   *
   * @param titles the first row
   * @param texts the titles of the left-aligned columns; other columns are right-aligned
   */
  static List<String> lines(List<String> titles, List<String> texts, List<List<String>> contents) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(titles);
    rows.addAll(contents);
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int index = column;
        int width = rows.stream().mapToInt(one -> one.get(index).length()).max().orElse(0);
        String blanks = " ".repeat(width - row.get(column).length());
        boolean isText = texts.contains(titles.get(column));
        line.append(column == 0 ? "" : "  ");
        line.append(isText ? row.get(column) + blanks : blanks + row.get(column));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
