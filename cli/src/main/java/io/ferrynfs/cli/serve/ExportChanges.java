package io.ferrynfs.cli.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Describes the changes of a reload. */
final class ExportChanges {
  private ExportChanges() {}

  /** Returns a line for each export that changed. Exports are matched by their directories. */
  static List<String> between(List<ServedDirectory> before, List<ServedDirectory> after) {
    Map<Path, ServedDirectory> former = new LinkedHashMap<>();
    before.forEach(export -> former.put(export.directory(), export));
    List<String> lines = new ArrayList<>();
    for (ServedDirectory export : after) {
      ServedDirectory was = former.remove(export.directory());
      if (was == null) {
        lines.add("added " + named(export));
      } else if (!was.path().equals(export.path())) {
        lines.add("moved " + was.path() + " to " + named(export));
      } else if (!was.equals(export)) {
        lines.add("changed " + named(export));
      }
    }
    List<String> all = new ArrayList<>();
    former.values().forEach(export -> all.add("removed " + named(export)));
    all.addAll(lines);
    return all.isEmpty() ? List.of("no export has changed") : all;
  }

  private static String named(ServedDirectory export) {
    return export.path() + " (" + export.directory() + ")";
  }
}
