package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.RecentRate;
import io.ferrynfs.cli.copy.TransferMethod;
import java.util.Set;
import java.util.stream.Collectors;

/** The progress line of a copy. Nothing is printed if standard error is not a terminal. */
final class ProgressLine implements AutoCloseable {
  private static final long PERIOD_MILLIS = 200;

  private final Console console;
  private final CopyReport report;
  private final ServerWaits waits;
  private final RecentRate rate;
  private final AutoCloseable ticks;

  private ProgressLine(Console console, CopyReport report, ServerWaits waits, boolean shown) {
    this.console = console;
    this.report = report;
    this.waits = waits;
    this.rate = new RecentRate(Machine.nanoTime(), report.snapshot().bytesDone());
    this.ticks = shown ? Machine.every(PERIOD_MILLIS, this::draw) : () -> {};
  }

  static ProgressLine of(Console console, CopyReport report, ServerWaits waits, boolean quiet) {
    return new ProgressLine(console, report, waits, console.isTerminal() && !quiet);
  }

  private void draw() {
    CopyReport.Snapshot now = report.snapshot();
    double bytesPerSecond = rate.at(Machine.nanoTime(), now.bytesDone());
    String waiting = waits.text(Machine.now());
    console.redraw(text(now, report.running().methods(), bytesPerSecond, waiting));
  }

  /**
   * Returns the text of the line. While the source is still being listed, totals are marked "so
   * far".
   *
   * @param bytesPerSecond the recent rate, from which the time left is computed
   * @param waiting the servers for which the command waits; empty if there are none
   */
  static String text(
      CopyReport.Snapshot now, Set<TransferMethod> methods, double bytesPerSecond, String waiting) {
    String soFar = now.walked() ? "" : " so far";
    StringBuilder line = new StringBuilder();
    line.append(Units.count(now.filesDone())).append(" of ").append(Units.count(now.filesFound()));
    line.append(" files").append(soFar).append("   ");
    line.append(Units.bytes(now.bytesDone())).append(" of ").append(Units.bytes(now.bytesFound()));
    if (now.walked() && now.bytesFound() > 0) {
      line.append("   ").append((long) (100.0 * now.bytesDone() / now.bytesFound())).append('%');
    }
    line.append("   ").append(Units.bytes(Math.round(bytesPerSecond))).append("/s");
    long leftBytes = now.bytesFound() - now.bytesDone();
    if (now.walked() && bytesPerSecond >= 1 && leftBytes > 0) {
      double secondsLeft = leftBytes / bytesPerSecond;
      line.append("   ").append(Units.clock(Math.round(secondsLeft))).append(" left");
    }
    String methodNames =
        methods.stream().map(TransferMethod::word).collect(Collectors.joining(", "));
    if (!methodNames.isEmpty()) {
      line.append("   ").append(methodNames);
    }
    if (!waiting.isEmpty()) {
      line.append("   ").append(waiting);
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      ticks.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    if (console.isTerminal()) {
      console.redraw("");
    }
  }
}
