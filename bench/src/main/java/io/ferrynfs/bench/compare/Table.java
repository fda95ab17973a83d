package io.ferrynfs.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is printed, and which goals were missed. */
final class Table {

  /** What a row's two rates are printed in: divided by {@code scale} they are in {@code unit}. */
  record Unit(String unit, double scale) {
    static final Unit MB_A_SECOND = new Unit("MB/s", 1e6);
    static final Unit FILES_A_SECOND = new Unit("/s", 1);
  }

  private final List<String> misses = new ArrayList<>();

  /** The titles of the rows that are below their goals. */
  List<String> misses() {
    return misses;
  }

  /**
   * A candidate and a reference.
   *
   * @param goal the lowest ratio that is good enough, 0 for none
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
