package io.ferrynfs.server.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.ManualEnv;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The rate limit of copies. */
class CopyPaceTest {
  private final ManualEnv env = new ManualEnv();

  @Test
  void chunksOfAllCopiesTogetherDoNotExceedTheRate() {
    CopyPace pace = new CopyPace(env.ticker(), 1000);
    assertThat(pace.pieceBytesMax()).isEqualTo(100);
    assertThat(pace.after(100)).isEqualTo(Duration.ofMillis(100));
    assertThat(pace.after(100)).as("a chunk of another copy").isEqualTo(Duration.ofMillis(200));
    env.advance(Duration.ofMillis(150));
    assertThat(pace.after(100)).isEqualTo(Duration.ofMillis(150));
  }

  @Test
  void idleTimeIsNotCredited() {
    CopyPace pace = new CopyPace(env.ticker(), 1000);
    env.advance(Duration.ofHours(1));
    assertThat(pace.after(100)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void withoutALimitNoCopyWaits() {
    CopyPace pace = new CopyPace(env.ticker(), 0);
    assertThat(pace.pieceBytesMax()).isEqualTo(Long.MAX_VALUE);
    assertThat(pace.after(Long.MAX_VALUE)).isEqualTo(Duration.ZERO);
  }
}
