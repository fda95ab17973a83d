package io.ferrynfs.cli.demo;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.TransferMethod;
import java.util.Locale;
import java.util.Map;

/** The table of results. Each row is printed when its step ends. */
final class DemoTable {
  /** The width of a terminal by default. */
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
    for (Map.Entry<TransferMethod, CopyReport.Share> method : report.shares().entrySet()) {
      CopyReport.Share share = method.getValue();
      row(
          first ? step : "",
          share.files(),
          share.bytes(),
          first ? Units.rate(report.bytes(), nanos) : "",
          method.getKey().text());
      first = false;
      if (method.getKey() == TransferMethod.STREAMED) {
        share.filesByReason().keySet().forEach(this::reason);
      }
    }
  }

  void row(String step, long files, long bytes, String rate, String method) {
    String[] parts = method.split(", ", 2);
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
