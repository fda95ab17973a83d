package io.ferrynfs.storage.linux.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Change attributes from change times of a clock that ticks, stands still and is set back. */
final class ChangeClockTest {
  private static final long START = 1_000_000_000_000L;
  private static final long TICK = 1_000_000;

  private long before;
  private final List<Long> given = new ArrayList<>();

  /** Makes one change of an object and returns the new value, as a client observes it. */
  private long change(ChangeClock clock, long object, long changedNanos) {
    clock.before(object, clock.value(object, before));
    clock.after(object);
    before = changedNanos;
    long value = clock.value(object, changedNanos);
    given.add(value);
    return value;
  }

  private void assertOnlyGrew() {
    assertThat(given).isSorted();
    assertThat(new HashSet<>(given)).hasSize(given.size());
  }

  @Test
  void changesInOneTickHaveDifferentValues() {
    ChangeClock clock = new ChangeClock(1000, START);
    before = START - TICK;
    for (int tick = 1; tick < 10; tick++) {
      for (int i = 0; i < 1000; i++) {
        change(clock, 7, START + tick * TICK);
      }
    }
    assertOnlyGrew();
    assertThat(given.getFirst()).isEqualTo(START + TICK);
    assertThat(clock.value(7, before)).as("nothing has changed").isEqualTo(given.getLast());
  }

  @Test
  void aClockThatIsSetBackDoesNotDecreaseTheValue() {
    ChangeClock clock = new ChangeClock(1000, START);
    before = START + 3600 * TICK;
    given.add(clock.value(7, before));
    for (int i = 0; i < 100; i++) {
      change(clock, 7, START + i * TICK);
    }
    assertOnlyGrew();
  }

  @Test
  void valuesAfterARestartExceedAllEarlierValues() {
    ChangeClock clock = new ChangeClock(1000, START);
    before = START - TICK;
    long now = START;
    for (int life = 0; life < 5; life++) {
      now += TICK;
      for (int i = 0; i < 1000; i++) {
        change(clock, 7, now);
      }
      clock = new ChangeClock(1000, now + TICK / 2);
      given.add(clock.value(7, before));
      assertThat(clock.value(7, before)).as("nothing has changed").isEqualTo(given.getLast());
    }
    assertOnlyGrew();
  }

  @Test
  void valuesOfADroppedObjectExceedItsEarlierValues() {
    ChangeClock clock = new ChangeClock(1, START);
    before = START - TICK;
    for (int i = 0; i < 10; i++) {
      change(clock, 7, START + TICK);
    }
    for (long other = 100; other < 1000; other++) {
      clock.before(other, START + TICK);
    }
    assertThat(clock.knows(7)).isFalse();
    given.add(clock.value(7, before));
    change(clock, 7, START + TICK);
    change(clock, 7, START + 2 * TICK);
    assertOnlyGrew();
  }

  @Test
  void anUnobservedChangeIsVisibleAfterItsObjectWasDropped() {
    ChangeClock clock = new ChangeClock(1, START);
    long seen = clock.value(7, START + TICK);
    clock.before(7, seen);
    clock.after(7);
    for (long other = 100; other < 1000; other++) {
      clock.before(other, START + TICK);
    }
    assertThat(clock.value(7, START + TICK)).isGreaterThan(seen);
  }
}
