package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.client.session.CallFailures;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a bounded number of asynchronous tasks at a time. After a failure no more tasks are started,
 * and the whole fails when the running ones have ended, because they use their buffers until then.
 */
public final class TaskWindow {

  private final Supplier<@Nullable CompletableFuture<Void>> tasks;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  @GuardedBy("this")
  private int room;

  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private boolean exhausted;

  @GuardedBy("this")
  private boolean filling;

  @GuardedBy("this")
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

  /** Starts tasks while there is room. One thread at a time runs the loop. */
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
