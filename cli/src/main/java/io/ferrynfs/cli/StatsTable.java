package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.Counters;
import io.ferrynfs.cli.base.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** Formats the counters of a server as tables. */
final class StatsTable {
  private static final List<String> OPERATION_TITLES =
      List.of("operation", "calls", "failures", "mean");
  private static final List<String> BYTE_TITLES = List.of("bytes", "count");
  private static final double NANOS_PER_MICRO = 1e3;

  private StatsTable() {}

  /** Returns a table of operations if there were any, and a table of bytes. */
  static List<String> lines(SortedMap<String, Long> counters) {
    List<List<String>> operations = new ArrayList<>();
    for (String name : counters.keySet()) {
      if (name.startsWith(Counters.OPERATION) && name.endsWith('.' + Counters.CALLS)) {
        operations.add(operation(name, counters));
      }
    }
    List<String> lines = new ArrayList<>();
    if (!operations.isEmpty()) {
      lines.addAll(Columns.lines(OPERATION_TITLES, List.of("operation"), operations));
      lines.add("");
    }
    lines.addAll(
        Columns.lines(
            BYTE_TITLES,
            List.of("bytes"),
            List.of(
                bytes("READ, sent from files", Counters.READ_SENT, counters),
                bytes("READ, through memory", Counters.READ_COPIED, counters),
                bytes("WRITE", Counters.WRITTEN, counters),
                bytes("COPY and CLONE, shared blocks", Counters.COPY_SHARED, counters),
                bytes("COPY, within this server", Counters.COPY_MOVED, counters),
                bytes("COPY, from other servers", Counters.COPY_FETCHED, counters),
                bytes("COPY, holes", Counters.COPY_HOLES, counters))));
    return lines;
  }

  private static List<String> operation(String calls, SortedMap<String, Long> counters) {
    String name =
        calls.substring(Counters.OPERATION.length(), calls.length() - Counters.CALLS.length() - 1);
    long count = counters.getOrDefault(calls, 0L);
    long failures = counters.getOrDefault(Counters.operation(name, Counters.FAILURES), 0L);
    long nanos = counters.getOrDefault(Counters.operation(name, Counters.NANOS), 0L);
    return List.of(
        Printable.name(name),
        String.valueOf(count),
        String.valueOf(failures),
        String.format(Locale.ROOT, "%.1f µs", nanos / NANOS_PER_MICRO / Math.max(1, count)));
  }

  private static List<String> bytes(
      String title, String counter, SortedMap<String, Long> counters) {
    return List.of(title, String.valueOf(counters.getOrDefault(counter, 0L)));
  }
}
