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
  private final Map<Object, Line> lines = new HashMap<>();

  /** The queues that are not empty, in the order of their turns. */
  @GuardedBy("this")
  private final Deque<Line> turns = new ArrayDeque<>();

  /** Creates a queue in front of a pool. */
  public FairBulkQueue(Pool pool, ClientShares shares) {
    this.pool = pool;
    queuedMax = shares.bulkQueuedPerClientMax();
    bytesMax = shares.bulkBytesPerClientMax();
  }

  private record Waiting(Runnable task, int bytes) {}

  /** The waiting and executing tasks of one client. */
  private static final class Line {
    final Object owner;
    final Deque<Waiting> waiting = new ArrayDeque<>();
    long bytes;
    int executing;

    Line(Object owner) {
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
    Line line;
    synchronized (this) {
      line = lines.computeIfAbsent(owner, Line::new);
      // A single request of any size is accepted.
      boolean isFull =
          line.waiting.size() >= queuedMax || (line.bytes > 0 && line.bytes + bytes > bytesMax);
      if (isFull) {
        removeIfIdle(line);
        return false;
      }
      line.bytes += bytes;
      line.waiting.add(item);
      if (line.waiting.size() == 1) {
        turns.add(line);
      }
    }
    return pool.tryExecute(this::runNext) || !withdraw(line, item);
  }

  /** Withdraws a task because the pool is full. Returns false if a thread has taken the task. */
  private boolean withdraw(Line line, Waiting item) {
    synchronized (this) {
      if (line.waiting.removeLastOccurrence(item)) {
        line.bytes -= item.bytes;
        if (line.waiting.isEmpty()) {
          turns.remove(line);
        }
        removeIfIdle(line);
        return true;
      }
    }
    // The thread ran this task instead of another one, which is left without a thread.
    runNext();
    return false;
  }

  /** Runs the next task. There are as many calls as tasks. */
  private void runNext() {
    Line line;
    Waiting item;
    synchronized (this) {
      line = turns.poll();
      if (line == null) {
        return;
      }
      item = line.waiting.remove();
      line.executing++;
      if (!line.waiting.isEmpty()) {
        turns.add(line);
      }
    }
    try {
      item.task.run();
    } finally {
      synchronized (this) {
        line.executing--;
        line.bytes -= item.bytes;
        removeIfIdle(line);
      }
    }
  }

  @GuardedBy("this")
  private void removeIfIdle(Line line) {
    if (line.waiting.isEmpty() && line.executing == 0) {
      lines.remove(line.owner, line);
    }
  }

  /** Returns the number of clients with waiting or executing tasks. */
  public synchronized int lineCount() {
    return lines.size();
  }
}
