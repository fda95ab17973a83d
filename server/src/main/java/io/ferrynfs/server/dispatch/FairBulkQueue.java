package io.ferrynfs.server.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ClientShares;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Shares the bulk pool fairly between clients. Each client has a queue of its own, and the queues
 * take turns. A client that sends many operations therefore delays other clients by one operation
 * only.
 */
public final class FairBulkQueue {
  private final Pool pool;
  private final int queuedMax;
  private final long bytesMax;

  @GuardedBy("this")
  private final Map<Object, ClientQueue> queues = new HashMap<>();

  /** The queues that are not empty, in the order of their turns. */
  @GuardedBy("this")
  private final Deque<ClientQueue> turns = new ArrayDeque<>();

  /** Creates a queue in front of a pool. */
  public FairBulkQueue(Pool pool, ClientShares shares) {
    this.pool = pool;
    queuedMax = shares.bulkQueuedPerClientMax();
    bytesMax = shares.bulkBytesPerClientMax();
  }

  private record Waiting(Runnable task, int bytes) {}

  /** The waiting and executing tasks of one client. */
  private static final class ClientQueue {
    final Object owner;
    final Deque<Waiting> waiting = new ArrayDeque<>();
    long bytes;
    int executing;

    ClientQueue(Object owner) {
      this.owner = owner;
    }
  }

  /**
   * Runs a task on a thread of the pool when its turn comes.
   *
   * @param owner the client of the task
   * @param bytes the size of the request, which stays in memory until the task ends
   * @return false at a limit of the owner or of the pool; the task never runs then
   */
  boolean tryExecute(Object owner, int bytes, Runnable task) {
    Waiting item = new Waiting(task, bytes);
    ClientQueue queue;
    synchronized (this) {
      queue = queues.computeIfAbsent(owner, ClientQueue::new);
      // A single request of any size is accepted.
      boolean isFull =
          queue.waiting.size() >= queuedMax || (queue.bytes > 0 && queue.bytes + bytes > bytesMax);
      if (isFull) {
        removeIfIdle(queue);
        return false;
      }
      queue.bytes += bytes;
      queue.waiting.add(item);
      if (queue.waiting.size() == 1) {
        turns.add(queue);
      }
    }
    return pool.tryExecute(this::runNext) || !withdraw(queue, item);
  }

  /** Withdraws a task because the pool is full. Returns false if a thread has taken the task. */
  private boolean withdraw(ClientQueue queue, Waiting item) {
    synchronized (this) {
      if (queue.waiting.removeLastOccurrence(item)) {
        queue.bytes -= item.bytes;
        if (queue.waiting.isEmpty()) {
          turns.remove(queue);
        }
        removeIfIdle(queue);
        return true;
      }
    }
    // The thread ran this task instead of another one, which is left without a thread.
    runNext();
    return false;
  }

  /** Runs the next task. There are as many calls as tasks. */
  private void runNext() {
    ClientQueue queue;
    Waiting item;
    synchronized (this) {
      queue = turns.poll();
      if (queue == null) {
        return;
      }
      item = queue.waiting.remove();
      queue.executing++;
      if (!queue.waiting.isEmpty()) {
        turns.add(queue);
      }
    }
    try {
      item.task.run();
    } finally {
      synchronized (this) {
        queue.executing--;
        queue.bytes -= item.bytes;
        removeIfIdle(queue);
      }
    }
  }

  @GuardedBy("this")
  private void removeIfIdle(ClientQueue queue) {
    if (queue.waiting.isEmpty() && queue.executing == 0) {
      queues.remove(queue.owner, queue);
    }
  }

  /** Returns the number of clients with waiting or executing tasks. */
  public synchronized int activeClientCount() {
    return queues.size();
  }
}
