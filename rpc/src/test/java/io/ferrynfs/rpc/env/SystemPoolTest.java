package io.ferrynfs.rpc.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks on which threads the pool of the system environment runs tasks. */
final class SystemPoolTest {
  private static final int PIECES = 100;
  private static final Duration SOON = Duration.ofSeconds(10);

  private final SystemEnv env = new SystemEnv();
  private final Pool pool = env.pool("ferry-pool-test", 2, 4);

  @AfterEach
  void closePool() {
    pool.close();
    env.close();
  }

  /** A task that requests to be run again as the following task, and records its threads. */
  private final class Pieces implements Runnable {
    final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    @Override
    public void run() {
      threads.add(Thread.currentThread());
      if (threads.size() == PIECES) {
        ended.complete(true);
      } else if (!pool.tryExecuteNext(this)) {
        ended.complete(false);
      }
    }
  }

  @Test
  void followingTaskRunsOnTheSameThread() {
    Pieces pieces = new Pieces();
    pool.execute(pieces);
    assertThat(pieces.ended).succeedsWithin(SOON).isEqualTo(true);
    assertThat(pieces.threads).hasSize(PIECES).containsOnly(pieces.threads.getFirst());
  }

  @Test
  void oneTaskFollowsAndTheOthersRunOnOtherThreads() {
    CountDownLatch both = new CountDownLatch(2);
    AtomicInteger met = new AtomicInteger();
    Runnable meets =
        () -> {
          both.countDown();
          met.addAndGet(awaits(both) ? 1 : 0);
        };
    pool.execute(() -> {
      assertThat(pool.tryExecuteNext(meets)).isTrue();
      assertThat(pool.tryExecuteNext(meets)).isTrue();
    });
    assertThat(awaits(both)).isTrue();
    pool.close();
    assertThat(met).hasValue(2);
  }

  @Test
  void followingTaskOfAnotherPoolRunsOnAThreadOfThatPool() {
    CompletableFuture<Thread> ended = new CompletableFuture<>();
    CompletableFuture<Thread> begun = new CompletableFuture<>();
    try (Pool other = env.pool("ferry-other-test", 1, 1)) {
      pool.execute(() -> {
        begun.complete(Thread.currentThread());
        assertThat(other.tryExecuteNext(() -> ended.complete(Thread.currentThread()))).isTrue();
      });
      assertThat(begun).succeedsWithin(SOON);
      assertThat(ended).succeedsWithin(SOON).isNotEqualTo(begun.join());
    }
  }

  @Test
  void followingTaskDoesNotOvertakeQueuedTasks() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch queued = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    pool.execute(() -> awaits(end));
    pool.execute(() -> {
      awaits(queued);
      pool.tryExecuteNext(() -> {
        order.add("next");
        ended.complete(null);
      });
    });
    pool.execute(() -> order.add("queued"));
    queued.countDown();
    assertThat(ended).succeedsWithin(SOON);
    end.countDown();
    assertThat(order).containsExactly("queued", "next");
  }

  @Test
  void followingTaskIsRejectedByAClosingPool() {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> followed = new CompletableFuture<>();
    Runnable endless =
        new Runnable() {
          @Override
          public void run() {
            begun.countDown();
            if (!pool.tryExecuteNext(this)) {
              followed.complete(false);
            }
          }
        };
    pool.execute(endless);
    assertThat(awaits(begun)).isTrue();
    pool.close();
    assertThat(followed).isCompletedWithValue(false);
  }

  @Test
  void followingTaskOfAFailedTaskRuns() {
    CompletableFuture<String> ended = new CompletableFuture<>();
    pool.execute(() -> {
      pool.tryExecuteNext(() -> {
        pool.tryExecuteNext(() -> ended.complete("after both"));
        throw new AssertionError("intended failure");
      });
      throw new IllegalStateException("intended failure");
    });
    assertThat(ended).succeedsWithin(SOON).isEqualTo("after both");
  }

  // Z-005. The JDK throws an OutOfMemoryError if the machine cannot create a thread.
  @Test
  void taskIsRejectedIfNoThreadCanBeStarted() {
    AtomicInteger wanted = new AtomicInteger();
    ThreadFactory poor =
        body -> {
          wanted.incrementAndGet();
          throw new OutOfMemoryError("intended failure");
        };
    try (Pool without = new SystemEnv.SystemPool(poor, 1, 1)) {
      assertThatCode(() -> assertThat(without.tryExecute(() -> {})).isFalse())
          .doesNotThrowAnyException();
    }
    assertThat(wanted).hasValue(1);
  }

  private static boolean awaits(CountDownLatch latch) {
    try {
      return latch.await(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      SystemEnv.keepInterrupt();
      return false;
    }
  }
}
