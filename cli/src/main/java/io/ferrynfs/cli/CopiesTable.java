package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Printable;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.server.CopyStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Formats the copies of a server, as a table and for {@code --json}. */
final class CopiesTable {
  private static final List<String> TITLES =
      List.of(
          "id", "state", "copied", "of", "done", "rate", "age", "client", "source -> destination");

  /** The left-aligned columns. */
  private static final List<String> TEXTS = List.of("state", "client", "source -> destination");

  private CopiesTable() {}

  /** Returns a header and a line for each copy. */
  static List<String> lines(List<CopyStatus> copies) {
    return Columns.lines(TITLES, TEXTS, copies.stream().map(CopiesTable::row).toList());
  }

  private static List<String> row(CopyStatus copy) {
    return List.of(
        String.valueOf(copy.id()),
        copy.state().name().toLowerCase(Locale.ROOT),
        Units.bytes(copy.copiedBytes()),
        Units.bytes(copy.totalBytes()),
        String.format(Locale.ROOT, "%.0f%%", Math.floor(percent(copy))),
        copy.copiedBytes() == 0 ? "-" : Units.rate(copy.copiedBytes(), copy.age().toNanos()),
        Units.clock(copy.age().toSeconds()),
        Printable.name(copy.client()),
        Printable.name(copy.source()) + " -> " + Printable.name(copy.destination()));
  }

  /** Returns the fields of a copy for {@code --json}. */
  static Map<String, Object> fields(CopyStatus copy) {
    double seconds = copy.age().toNanos() / 1e9;
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", copy.id());
    fields.put("state", copy.state().name().toLowerCase(Locale.ROOT));
    fields.put("client", copy.client());
    fields.put("source", copy.source());
    fields.put("destination", copy.destination());
    fields.put("copiedBytes", copy.copiedBytes());
    fields.put("totalBytes", copy.totalBytes());
    fields.put("percent", percent(copy));
    fields.put("bytesPerSecond", seconds > 0 ? Math.round(copy.copiedBytes() / seconds) : 0);
    fields.put("ageSeconds", seconds);
    return fields;
  }

  /** An empty copy is complete. */
  private static double percent(CopyStatus copy) {
    return copy.totalBytes() == 0 ? 100 : 100.0 * copy.copiedBytes() / copy.totalBytes();
  }
}
