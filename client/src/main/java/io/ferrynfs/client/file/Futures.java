package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallFailures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Steps of asynchronous work that may throw checked exceptions. */
public final class Futures {

  private Futures() {}

  /** A step that may fail. */
  @FunctionalInterface
  public interface Step<T> {
    T run() throws Exception;
  }

  /** The value, or the failure as an exception that futures carry. */
  public static <T> T get(Step<T> step) {
    try {
      return step.run();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new CompletionException(failure);
    }
  }

  /** The future a step gives; a failure of the step is one of the future. */
  public static <T> CompletableFuture<T> compose(Step<CompletableFuture<T>> step) {
    try {
      return step.run();
    } catch (Exception failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** Goes on after a failure too. */
  public static <T> CompletableFuture<T> recover(
      CompletableFuture<T> future, Function<Throwable, CompletableFuture<T>> instead) {
    return future.exceptionallyCompose(failure -> instead.apply(CallFailures.cause(failure)));
  }
}
