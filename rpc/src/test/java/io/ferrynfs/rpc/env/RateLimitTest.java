package io.ferrynfs.rpc.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Checks the rate and the burst of a rate limit. */
class RateLimitTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final RateLimit limit = new RateLimit(now::get, 2, Duration.ofSeconds(10));

  @Test
  void burstIsFollowedByOnePerInterval() {
    assertThat(limit.take()).isZero();
    assertThat(limit.take()).isZero();
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take()).isEqualTo(RateLimit.REFUSED);
    }
    now.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
    assertThat(limit.take()).isEqualTo(RateLimit.REFUSED);
    now.addAndGet(1);
    assertThat(limit.take()).as("rejected since the last one").isEqualTo(4);
    assertThat(limit.take()).isEqualTo(RateLimit.REFUSED);
  }

  @Test
  void unusedPermitsDoNotAccumulateBeyondTheBurst() {
    now.addAndGet(Duration.ofDays(1000).toNanos());
    assertThat(limit.take()).isZero();
    assertThat(limit.take()).isZero();
    assertThat(limit.take()).isEqualTo(RateLimit.REFUSED);
  }
}
