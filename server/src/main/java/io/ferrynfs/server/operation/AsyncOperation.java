package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import java.util.concurrent.CompletableFuture;

/**
 * An operation whose result comes later: it waits for something without keeping a thread. The
 * COMPOUND goes on when the result is there.
 *
 * @param <A> the arguments
 * @param <R> the result
 */
interface AsyncOperation<A, R> extends NfsOperation<A, R> {

  /**
   * Begins the operation. It may complete on any thread, and exceptionally only by a fault of ours;
   * what is refused is refused at once.
   */
  CompletableFuture<R> begin(A args, CompoundContext c) throws NfsStatusException, StorageException;

  /** Never called: {@link #begin} is. */
  @Override
  default R execute(A args, CompoundContext c) {
    throw new IllegalStateException("its result comes later");
  }
}
