package io.ferrynfs.cli.demo;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.Way;
import java.util.Locale;
import java.util.Map;

/** The table that the demonstration ends with, a row printed as soon as it is known. */
final class DemoTable {
  /** With its texts it fits into the 80 columns of a terminal that nobody has widened. */
  private static final int COLUMNS = 80;

  private static final String FORMAT = "%-28s %5s  %8s  %10s  %s";

  private final Console console;

  DemoTable(Console console) {
    this.console = console;
  }

  void head() {
    console.line(
        String.format(
            Locale.ROOT, FORMAT, "step", "files", "bytes", "rate", "how the bytes moved"));
    console.line("-".repeat(COLUMNS));
  }

  void row(String step, CopyReport report, long nanos) {
    boolean first = true;
    for (Map.Entry<Way, CopyReport.Share> way : report.shares().entrySet()) {
      CopyReport.Share share = way.getValue();
      row(
          first ? step : "",
          share.files(),
          share.bytes(),
          first ? Units.rate(report.bytes(), nanos) : "",
          way.getKey().text());
      first = false;
      if (way.getKey() == Way.STREAMED) {
        share.filesByReason().keySet().forEach(this::reason);
      }
    }
  }

  void row(String step, long files, long bytes, String rate, String how) {
    String[] parts = how.split(", ", 2);
    console.line(
        String.format(
            Locale.ROOT, FORMAT, step, Units.count(files), Units.bytes(bytes), rate, parts[0]));
    if (parts.length > 1) {
      console.line("    " + parts[1]);
    }
  }

  private void reason(String reason) {
    console.line("    because " + reason);
  }
}
