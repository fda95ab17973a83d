package io.ferrynfs.server.compound;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.CompletableFuture;

/**
 * An operation that waits for something without blocking a thread. The COMPOUND continues when the
 * result is available.
 *
 * @param <A> the arguments
 * @param <R> the result
 */
public interface AsyncOperation<A, R> extends NfsOperation<A, R> {

  /**
   * Begins the operation. The future may complete on any thread. It completes exceptionally only if
   * the server has a defect; the operation throws its other errors before it waits.
   */
  CompletableFuture<R> begin(A args, CompoundContext c) throws NfsStatusException, StorageException;

  /** Throws an exception: the dispatcher calls {@link #begin} instead. */
  @Override
  default R execute(A args, CompoundContext c) {
    throw new IllegalStateException("its result comes later");
  }
}
