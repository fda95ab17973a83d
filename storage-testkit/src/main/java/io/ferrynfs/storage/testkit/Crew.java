package io.ferrynfs.storage.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;

/** Several threads that start the same work at the same time. */
final class Crew {
  private Crew() {}

  /** The work of one thread. */
  @FunctionalInterface
  interface Work {
    void run(int member) throws Exception;
  }

  /**
   * Runs the work in {@code size} threads. After all have ended, throws the first exception that
   * one of them threw.
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
      // Repeats the message because test reports often omit causes.
      throw new AssertionError("one of " + failures.size() + ": " + first, first);
    }
  }
}
