package io.ferrynfs.cli.copy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for a future and throws what it failed with. */
public final class Waiting {
  private Waiting() {}

  public static <T> T on(Future<T> future) throws IOException {
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
