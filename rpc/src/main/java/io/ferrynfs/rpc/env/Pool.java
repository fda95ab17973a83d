package io.ferrynfs.rpc.env;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A bounded pool of worker threads with a bounded queue; its tasks may block. */
public interface Pool extends Executor, AutoCloseable {

  /**
   * Runs a task on a thread of the pool.
   *
   * @return false if the queue is full, no thread can be started, or the pool is closed; the task
   *     will not run then
   */
  boolean tryExecute(Runnable task);

  /**
   * Runs a task on the calling thread of the pool, after the current task has returned. This saves
   * the wake-up of a second thread for each of many small tasks. It is the same as {@link
   * #tryExecute} if other tasks are queued, if there is such a next task already, and on threads
   * that do not belong to the pool.
   *
   * @return false if the task will not run
   */
  default boolean tryExecuteNext(Runnable task) {
    return tryExecute(task);
  }

  /**
   * Runs a task on a thread of the pool.
   *
   * @throws RejectedExecutionException if the queue is full or the pool is closed
   */
  @Override
  default void execute(Runnable task) {
    if (!tryExecute(task)) {
      throw new RejectedExecutionException("the pool is full or closed");
    }
  }

  /** Accepts no more tasks, runs the queued ones, and waits for the threads to end. */
  @Override
  void close();
}
