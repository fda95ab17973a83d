package io.ferrynfs.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the rows of the comparisons and collects the missed goals. */
final class Table {

  /** The unit of the rates of a row. Rates are divided by {@code scale} before they are printed. */
  record Unit(String unit, double scale) {
    static final Unit MB_A_SECOND = new Unit("MB/s", 1e6);
    static final Unit FILES_A_SECOND = new Unit("/s", 1);
  }

  private final List<String> misses = new ArrayList<>();

  /** Returns the titles of the rows that missed their goals. */
  List<String> misses() {
    return misses;
  }

  /**
   * Prints the row of a candidate and a reference.
   *
   * @param goal the minimum ratio, or 0 for a row without a goal
   */
  void row(String title, Interleaved.Result result, double goal, Unit unit) {
    System.out.printf(
        Locale.ROOT,
        "%-48s %7.0f %4s %7.0f %4s %8.2f   %5.2f .. %4.2f %8s%n",
        title,
        result.candidate() / unit.scale(),
        unit.unit(),
        result.reference() / unit.scale(),
        unit.unit(),
        result.ratio(),
        result.worst(),
        result.best(),
        goal == 0 ? "none" : String.format(Locale.ROOT, "%.2f", goal));
    if (result.ratio() < goal) {
      misses.add(title);
    }
  }
}
