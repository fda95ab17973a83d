package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.RecentRate;
import io.ferrynfs.cli.copy.TransferMethod;
import io.ferrynfs.client.NfsWaiting;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void lineShowsProgressRateAndMethods() {
    CopyReport.Snapshot now = new CopyReport.Snapshot(1, 4L << 30, true, 0, 3L << 29);
    assertThat(ProgressLine.text(now, Set.of(TransferMethod.OFFLOADED), 384 << 20, ""))
        .isEqualTo("0 of 1 files   1.50 GiB of 4.00 GiB   37%   384 MiB/s   0:07 left   offloaded");
    assertThat(
            ProgressLine.text(
                now, EnumSet.of(TransferMethod.CLONED, TransferMethod.STREAMED), 384 << 20, ""))
        .endsWith("   cloned, streamed");
  }

  @Test
  void unknownTotalsAreNotShown() {
    CopyReport.Snapshot walking = new CopyReport.Snapshot(20, 4L << 30, false, 3, 3L << 29);
    assertThat(ProgressLine.text(walking, Set.of(), 384 << 20, ""))
        .isEqualTo("3 of 20 files so far   1.50 GiB of 4.00 GiB   384 MiB/s");
    CopyReport.Snapshot empty = new CopyReport.Snapshot(1, 0, true, 0, 0);
    assertThat(ProgressLine.text(empty, Set.of(), 0, ""))
        .isEqualTo("0 of 1 files   0 B of 0 B   0 B/s");
  }

  @Test
  void rateCoversTheLastTenSeconds() {
    RecentRate rate = new RecentRate(0, 0);
    assertThat(rate.at(SECOND, 100)).isEqualTo(100);
    for (int second = 2; second <= 20; second++) {
      rate.at(second * SECOND, 100);
    }
    assertThat(rate.at(21 * SECOND, 100)).as("it has stood for twenty seconds").isZero();
    assertThat(rate.at(22 * SECOND, 1100)).isEqualTo(100);
  }

  @Test
  void lineShowsTheServerAndTheTimeOfAWait() {
    ServerWaits waits = new ServerWaits();
    Instant since = Instant.parse("2026-01-02T03:04:05Z");
    String at =
        DateTimeFormatter.ofPattern("HH:mm:ss").format(since.atZone(ZoneId.systemDefault()));
    NfsWaiting wait = new NfsWaiting("host:2049", since, "no connection\u001b[2J", false);
    assertThat(waits.record(wait))
        .isEqualTo("waiting for host:2049 since " + at + ": no connection\\x1b[2J");
    assertThat(waits.record(wait)).as("once").isEmpty();
    CopyReport.Snapshot now = new CopyReport.Snapshot(1, 4, true, 0, 2);
    assertThat(ProgressLine.text(now, Set.of(), 0, waits.text(since.plusSeconds(83))))
        .endsWith("   0 B/s   waiting for host:2049 since " + at + " (1:23)");
    assertThat(waits.record(new NfsWaiting("host:2049", since, "", true)))
        .isEqualTo("no longer waiting for host:2049");
    assertThat(waits.text(since)).isEmpty();
  }
}
