package io.ferrynfs.storage.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;

/** Several threads that start the same work at the same moment. */
final class Crew {
  private Crew() {}

  /** What one of the threads does. */
  @FunctionalInterface
  interface Work {
    void run(int member) throws Exception;
  }

  /**
   * Runs the work in so many threads; throws what the first of them threw, after all have ended.
   */
  static void run(int size, Work work) throws Exception {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CyclicBarrier start = new CyclicBarrier(size);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int member = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                  work.run(member);
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable first = failures.peek();
    if (first != null) {
      // The message as well: of causes, test reports often show nothing.
      throw new AssertionError("one of " + failures.size() + ": " + first, first);
    }
  }
}
