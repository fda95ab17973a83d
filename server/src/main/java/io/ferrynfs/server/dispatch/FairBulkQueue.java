package io.ferrynfs.server.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.server.ClientShares;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The bulk pool, shared out: each client's operations stand in a line of their own, and the lines
 * take turns. So one that sends all that it may waits for itself, and others wait for one operation
 * of it and not for all.
 */
public final class FairBulkQueue {
  private final Pool pool;
  private final int queuedMax;
  private final long bytesMax;

  @GuardedBy("this")
  private final Map<Object, Line> lines = new HashMap<>();

  /** The lines that somebody waits in, the next one first. */
  @GuardedBy("this")
  private final Deque<Line> turns = new ArrayDeque<>();

  /** Shares a pool. */
  public FairBulkQueue(Pool pool, ClientShares shares) {
    this.pool = pool;
    queuedMax = shares.bulkQueuedPerClientMax();
    bytesMax = shares.bulkBytesPerClientMax();
  }

  private record Waiting(Runnable task, int bytes) {}

  /** What one client has waiting and executing. */
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
   * Runs a task on a thread of the pool when it is its turn.
   *
   * @param owner whose it is
   * @param bytes of the request, which stays in memory until the task has ended
   * @return false at a limit of the owner or of all; the task will then never run
   */
  boolean tryExecute(Object owner, int bytes, Runnable task) {
    Waiting item = new Waiting(task, bytes);
    Line line;
    synchronized (this) {
      line = lines.computeIfAbsent(owner, Line::new);
      // What is alone is always let through, however large it is.
      boolean isFull =
          line.waiting.size() >= queuedMax || (line.bytes > 0 && line.bytes + bytes > bytesMax);
      if (isFull) {
        forgetIfIdle(line);
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

  /** The pool is full. False when somebody has taken the task nevertheless. */
  private boolean withdraw(Line line, Waiting item) {
    synchronized (this) {
      if (line.waiting.removeLastOccurrence(item)) {
        line.bytes -= item.bytes;
        if (line.waiting.isEmpty()) {
          turns.remove(line);
        }
        forgetIfIdle(line);
        return true;
      }
    }
    // Then another's is left, with nobody to run it.
    runNext();
    return false;
  }

  /** Whatever is next: there are as many calls of this as there are tasks. */
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
        forgetIfIdle(line);
      }
    }
  }

  /** Called under the lock. */
  @GuardedBy("this")
  private void forgetIfIdle(Line line) {
    if (line.waiting.isEmpty() && line.executing == 0) {
      lines.remove(line.owner, line);
    }
  }

  /** How many clients have something waiting or executing. */
  public synchronized int lineCount() {
    return lines.size();
  }
}
