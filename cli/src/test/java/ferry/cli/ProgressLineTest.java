package ferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.cli.copy.CopyReport;
import ferry.cli.copy.Way;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void itSaysHowMuchOfWhatHowFastAndHow() {
    CopyReport.Snapshot now = new CopyReport.Snapshot(1, 4L << 30, true, 0, 3L << 29);
    assertThat(ProgressLine.text(now, Set.of(Way.OFFLOADED), 4 * SECOND))
        .isEqualTo("0 of 1 files   1.50 GiB of 4.00 GiB   37%   384 MiB/s   0:07 left   offloaded");
    assertThat(ProgressLine.text(now, EnumSet.of(Way.CLONED, Way.STREAMED), 4 * SECOND))
        .endsWith("   cloned, streamed");
  }

  @Test
  void whatIsNotKnownYetIsNotGuessed() {
    CopyReport.Snapshot walking = new CopyReport.Snapshot(20, 4L << 30, false, 3, 3L << 29);
    assertThat(ProgressLine.text(walking, Set.of(), 4 * SECOND))
        .isEqualTo("3 of 20 files so far   1.50 GiB of 4.00 GiB   384 MiB/s");
    CopyReport.Snapshot empty = new CopyReport.Snapshot(1, 0, true, 0, 0);
    assertThat(ProgressLine.text(empty, Set.of(), SECOND))
        .isEqualTo("0 of 1 files   0 B of 0 B   0 B/s");
  }
}
