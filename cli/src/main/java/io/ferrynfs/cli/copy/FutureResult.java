package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for the result of a future. Throws the cause of its failure. */
public final class FutureResult {
  private FutureResult() {}

  public static <T> T get(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      throw new IOException(cause);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
