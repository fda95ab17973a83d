package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallFailures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Adapts steps that throw checked exceptions to futures. */
public final class Futures {

  private Futures() {}

  /** A step that may fail. */
  @FunctionalInterface
  public interface Step<T> {
    T run() throws Exception;
  }

  /** Returns the value of a step; wraps a checked exception in a CompletionException. */
  public static <T> T get(Step<T> step) {
    try {
      return step.run();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new CompletionException(failure);
    }
  }

  /** Returns the future of a step; an exception of the step fails the future. */
  public static <T> CompletableFuture<T> compose(Step<CompletableFuture<T>> step) {
    try {
      return step.run();
    } catch (Exception failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** Replaces a failed future by another one. */
  public static <T> CompletableFuture<T> recover(
      CompletableFuture<T> future, Function<Throwable, CompletableFuture<T>> instead) {
    return future.exceptionallyCompose(failure -> instead.apply(CallFailures.cause(failure)));
  }
}
