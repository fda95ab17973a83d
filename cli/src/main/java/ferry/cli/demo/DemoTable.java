package ferry.cli.demo;

import ferry.cli.base.Console;
import ferry.cli.base.Units;
import ferry.cli.copy.CopyReport;
import ferry.cli.copy.Way;
import java.util.Locale;
import java.util.Map;

/** The table that the demonstration ends with, a row printed as soon as it is known. */
final class DemoTable {
  private static final String FORMAT = "%-34s %7s  %9s  %11s  %s";

  private final Console console;

  DemoTable(Console console) {
    this.console = console;
  }

  void head() {
    console.line(
        String.format(
            Locale.ROOT, FORMAT, "step", "files", "bytes", "rate", "how the bytes moved"));
    console.line("-".repeat(110));
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
    console.line(
        String.format(
            Locale.ROOT, FORMAT, step, Units.count(files), Units.bytes(bytes), rate, how));
  }

  private void reason(String reason) {
    console.line(String.format(Locale.ROOT, FORMAT, "", "", "", "", "  because " + reason));
  }
}
