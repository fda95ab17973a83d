package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallFailures;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of tasks at a time. After a failure no more are begun, and the whole fails when
 * those under way have ended: their buffers belong to them until then.
 */
public final class TaskWindow {

  private final Supplier<@Nullable CompletableFuture<Void>> tasks;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int room;
  private int running;
  private boolean exhausted;
  private boolean filling;
  private @Nullable Throwable failure;

  private TaskWindow(int width, Supplier<@Nullable CompletableFuture<Void>> tasks) {
    this.room = width;
    this.tasks = tasks;
  }

  /**
   * Runs tasks until there are no more.
   *
   * @param width how many at a time
   * @param tasks begins the next task, null when there is none; never called by two threads at once
   */
  public static CompletableFuture<Void> run(
      int width, Supplier<@Nullable CompletableFuture<Void>> tasks) {
    TaskWindow window = new TaskWindow(width, tasks);
    window.fill();
    return window.done;
  }

  /** Begins tasks while there is room. Only one thread is in the loop; the others leave a mark. */
  private void fill() {
    synchronized (this) {
      if (filling) {
        return;
      }
      filling = true;
    }
    while (mayBegin()) {
      begin();
    }
    finishIfOver();
  }

  private synchronized boolean mayBegin() {
    boolean may = room > 0 && !exhausted && failure == null;
    if (may) {
      room--;
      running++;
    } else {
      filling = false;
    }
    return may;
  }

  private void begin() {
    CompletableFuture<Void> task;
    try {
      task = tasks.get();
    } catch (RuntimeException broken) {
      task = CompletableFuture.failedFuture(broken);
    }
    if (task == null) {
      synchronized (this) {
        exhausted = true;
        room++;
        running--;
      }
      return;
    }
    var _ = task.whenComplete((value, problem) -> ended(problem));
  }

  private void ended(@Nullable Throwable problem) {
    synchronized (this) {
      room++;
      running--;
      if (problem != null && failure == null) {
        failure = CallFailures.cause(problem);
      }
    }
    fill();
  }

  private void finishIfOver() {
    Throwable problem;
    synchronized (this) {
      if (running > 0 || (!exhausted && failure == null)) {
        return;
      }
      problem = failure;
    }
    if (problem == null) {
      done.complete(null);
    } else {
      done.completeExceptionally(problem);
    }
  }
}
