package io.ferrynfs.client.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs asynchronous tasks one after the other. Safe for use by several threads. */
final class TaskSequence {

  @GuardedBy("this")
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  /** Starts a task when the tasks before it have completed or failed. */
  <T> CompletableFuture<T> run(Supplier<CompletableFuture<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<?> before;
    synchronized (this) {
      before = last;
      last = result;
    }
    var _ =
        before.whenComplete((value, ignored) -> {
          var _ =
              task.get()
                  .whenComplete((outcome, failure) -> {
                    if (failure == null) {
                      result.complete(outcome);
                    } else {
                      result.completeExceptionally(failure);
                    }
                  });
        });
    return result;
  }
}
