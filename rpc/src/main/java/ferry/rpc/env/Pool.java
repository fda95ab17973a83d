package ferry.rpc.env;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A bounded pool of worker threads with a bounded queue; its tasks may block. */
public interface Pool extends Executor, AutoCloseable {

  /**
   * Runs a task on some thread of the pool, or refuses.
   *
   * @return false when the queue is full or the pool is closed; the task will then never run
   */
  boolean tryExecute(Runnable task);

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
