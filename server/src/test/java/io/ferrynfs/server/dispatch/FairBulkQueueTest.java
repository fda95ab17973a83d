package io.ferrynfs.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ClientShares;
import io.ferrynfs.server.testing.ManualEnv;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of bulk operations of several clients. */
class FairBulkQueueTest {
  private final ManualEnv env = new ManualEnv();
  private final Pool pool = env.pool("bulk", 1, 100);
  private final FairBulkQueue bulk =
      new FairBulkQueue(
          pool,
          ClientShares.builder().bulkQueuedPerClientMax(4).bulkBytesPerClientMax(100).build());
  private final List<String> done = new ArrayList<>();

  private boolean add(String owner, int bytes, String name) {
    return bulk.tryExecute(owner, bytes, () -> done.add(name));
  }

  @Test
  void busyClientDelaysOnlyItself() {
    env.hold("bulk");
    for (int i = 1; i <= 4; i++) {
      add("greedy", 1, "g" + i);
    }
    add("modest", 1, "m1");
    add("other", 1, "o1");
    add("modest", 1, "m2");
    env.release("bulk");
    assertThat(done).containsExactly("g1", "m1", "o1", "g2", "m2", "g3", "g4");
    assertThat(bulk.activeClientCount()).isZero();
  }

  @Test
  void clientAtItsLimitIsRejectedAndOthersAreNot() {
    env.hold("bulk");
    for (int i = 1; i <= 4; i++) {
      assertThat(add("greedy", 1, "g" + i)).isTrue();
    }
    assertThat(add("greedy", 1, "too many")).isFalse();
    assertThat(add("modest", 1, "m1")).isTrue();
    env.runNext("bulk");
    assertThat(add("greedy", 1, "g5")).isTrue();
    env.release("bulk");
    assertThat(done).containsExactly("g1", "m1", "g2", "g3", "g4", "g5");
  }

  @Test
  void bytesAreCountedUntilTheTaskEnds() {
    env.hold("bulk");
    List<Boolean> duringFirst = new ArrayList<>();
    assertThat(bulk.tryExecute("a", 60, () -> duringFirst.add(add("a", 60, "second")))).isTrue();
    assertThat(add("a", 41, "too much")).isFalse();
    assertThat(add("a", 40, "fits")).isTrue();
    assertThat(add("b", 100, "another's")).isTrue();
    env.release("bulk");
    assertThat(duringFirst).containsExactly(false);
    assertThat(done).containsExactly("another's", "fits");
    assertThat(add("a", 60, "afterwards")).isTrue();
  }

  @Test
  void singleTaskIsAcceptedWhateverItsSize() {
    assertThat(add("a", 1000, "large")).isTrue();
    assertThat(done).containsExactly("large");
  }

  @Test
  void rejectionByThePoolLeavesNoQueue() {
    env.hold("bulk");
    add("a", 1, "before");
    env.setPoolsFull(true);
    assertThat(add("a", 1, "refused")).isFalse();
    assertThat(add("b", 1, "refused")).isFalse();
    env.setPoolsFull(false);
    assertThat(bulk.activeClientCount()).isEqualTo(1);
    env.release("bulk");
    assertThat(done).containsExactly("before");
    assertThat(bulk.activeClientCount()).isZero();
  }

  @Test
  void taskThatFailsReleasesItsPlace() {
    env.hold("bulk");
    bulk.tryExecute(
        "a",
        100,
        () -> {
          throw new IllegalStateException("failed by the test");
        });
    try {
      env.runNext("bulk");
    } catch (IllegalStateException expected) {
      done.add("failed");
    }
    assertThat(done).containsExactly("failed");
    assertThat(bulk.activeClientCount()).isZero();
  }
}
