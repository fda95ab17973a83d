package io.ferrynfs.server.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.env.Cancellable;
import io.ferrynfs.server.testing.ManualEnv;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The clock of leases, which excludes the time in which the server could not answer. */
class ServedTimeTest {
  private static final Duration LEASE = Duration.ofSeconds(20);

  private final ManualEnv env = new ManualEnv();
  private final ServedTime time = new ServedTime(env);
  private int runs;

  private long seconds() {
    return Duration.ofNanos(time.ticker().nanoTime()).toSeconds();
  }

  private Cancellable schedule() {
    return time.timers().schedule(LEASE, () -> runs++);
  }

  @Test
  void timeStartsWhenTheServerListens() {
    schedule();
    env.advance(Duration.ofHours(1));
    assertThat(seconds()).isZero();
    assertThat(runs).isZero();
    time.start();
    env.advance(LEASE.minusNanos(1));
    assertThat(runs).isZero();
    env.advance(Duration.ofNanos(1));
    assertThat(runs).isEqualTo(1);
    assertThat(seconds()).isEqualTo(20);
  }

  @Test
  void timeAdvancesNormallyWhileTheServerRuns() {
    time.start();
    schedule();
    env.advance(Duration.ofMillis(300));
    assertThat(time.ticker().nanoTime()).isEqualTo(Duration.ofMillis(300).toNanos());
    env.advance(LEASE);
    assertThat(time.ticker().nanoTime()).isEqualTo(LEASE.plusMillis(300).toNanos());
    assertThat(runs).isEqualTo(1);
  }

  @Test
  void lateHeartbeatBelowASecondLosesNoTime() {
    time.start();
    env.jump(Duration.ofMillis(1500));
    env.jump(Duration.ofMillis(1500));
    assertThat(time.ticker().nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
  }

  @Test
  void stopOfAnHourCountsOneAndAHalfSecondsAndTimersWait() {
    time.start();
    env.advance(Duration.ofSeconds(10));
    schedule();
    env.jump(Duration.ofHours(1));
    assertThat(time.ticker().nanoTime()).isEqualTo(Duration.ofMillis(11_500).toNanos());
    assertThat(runs).isZero();
    env.advance(LEASE.minusMillis(1501));
    assertThat(runs).isZero();
    env.advance(Duration.ofMillis(1));
    assertThat(runs).isEqualTo(1);
  }

  /** Requests may run before the overdue timers. */
  @Test
  void timeStandsStillEvenBeforeTheFirstTimerRuns() {
    time.start();
    env.advanceOnEachRead(Duration.ofHours(1));
    assertThat(time.ticker().nanoTime()).isEqualTo(Duration.ofMillis(1500).toNanos());
    assertThat(time.ticker().nanoTime()).isEqualTo(Duration.ofMillis(1500).toNanos());
  }

  @Test
  void cancelledTimerThatWaitsForLostTimeNeverRuns() {
    time.start();
    Cancellable timer = schedule();
    env.jump(LEASE);
    assertThat(timer.cancel()).isTrue();
    assertThat(timer.cancel()).isFalse();
    env.advance(LEASE.multipliedBy(2));
    assertThat(runs).isZero();
  }

  @Test
  void closedClockLeavesNoTimer() {
    time.start();
    time.close();
    env.advance(Duration.ofSeconds(1));
    env.jump(Duration.ofHours(1));
    assertThat(time.ticker().nanoTime()).isEqualTo(Duration.ofMillis(1500).toNanos());
  }
}
