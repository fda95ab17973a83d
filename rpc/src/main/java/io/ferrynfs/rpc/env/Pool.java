package io.ferrynfs.rpc.env;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A bounded pool of worker threads with a bounded queue; its tasks may block. */
public interface Pool extends Executor, AutoCloseable {

  /**
   * Runs a task on some thread of the pool, or refuses.
   *
   * @return false when the queue is full, no thread can be started, or the pool is closed; the task
   *     will then never run
   */
  boolean tryExecute(Runnable task);

  /**
   * For the last thing that a task does: runs another one on the same thread, when this one has
   * returned. Who works in small pieces is spared that a second thread is woken for each of them.
   * Like {@link #tryExecute} when others are waiting, when there is such a task already, and on
   * threads that are not the pool's.
   *
   * @return false when the task will never run
   */
  default boolean tryExecuteNext(Runnable task) {
    return tryExecute(task);
  }

  /**
   * Runs a task on some thread of the pool.
   *
   * @throws RejectedExecutionException when the queue is full or the pool is closed
   */
  @Override
  default void execute(Runnable task) {
    if (!tryExecute(task)) {
      throw new RejectedExecutionException("pool is full or closed");
    }
  }

  /** Takes no more tasks, runs those it has, and waits for its threads to end. */
  @Override
  void close();
}
